import type { Activities } from '../activities';
import { finalistsText, moveText } from '../core/run/move-text';
import type { ActivityName } from './activity-names';

export type ActivityInput<Name extends ActivityName> = Parameters<Activities[Name]>[0];

/** Characters. Temporal keeps summaries of up to 400 bytes. */
const longestSummary = 100;

/** One line that tells an activity from the others of its name in Temporal's interface: whose, what for, which of them. */
export function activitySummary<Name extends ActivityName>(name: Name, input: ActivityInput<Name>): string {
  return summaries[name](input).slice(0, longestSummary);
}

const summaries: { [Name in ActivityName]: (input: ActivityInput<Name>) => string } = {
  prepareRun: ({ system, seed }) => `${system}, seed ${seed}`,
  evaluate: ({ configurationHash, range }) =>
    `${range.purpose}, ${range.split} ${part(range)}, configuration ${short(configurationHash)}`,
  summarize: ({ purpose, count, configurationHash }) =>
    `${purpose}, ${count} examples, configuration ${short(configurationHash)}`,
  collectCandidates: (input) => `${input.component}, inputs ${part(input)}`,
  fitReward: ({ component }) => component,
  chooseComponent: ({ components }) => `of ${components.length}`,
  propose: ({ ranked, ...step }) => `${moveText(step)}, ${ranked === undefined ? 'first round' : 'combinations'}`,
  scoreProposals: ({ hashes, inputs, judge, ...step }) =>
    `${moveText(step)}, ${hashes.length} proposals on ${inputs} inputs, judge ${judge}: ${hashes.map(short).join(', ')}`,
  selectFinalists: moveText,
  selectSimultaneous: ({ parts }) => parts.map(({ component }) => component).join(', '),
  look: ({ finalists, look, count }) => `${finalistsText(finalists.length)}, look ${look + 1} at ${count} examples`,
  decide: ({ entered, ...step }) => `${moveText(step)}, ${finalistsText(entered)}`,
  recordEvent: ({ kind }) => kind,
  finishRun: ({ status }) => status,
};

/** People count from 1. */
function part({ from, to, count }: { from: number; to: number; count: number }): string {
  return `${from + 1}-${to} of ${count}`;
}

function short(hash: string): string {
  return hash.slice(0, 8);
}
