import { Option, type Command } from 'commander';
import type { Budget } from '../../core/run/budget';
import { defaultPlan, type RunPlan } from '../../core/run/plan';
import { schedules } from '../../core/validation/component-schedule';
import { builtInOptimizers } from '../../core/search/optimizers/built-in';
import { allOrNames, numberFrom, onOrOff, wholeNumber } from './option-parsers';

const optimizerNames = builtInOptimizers.map(({ name }) => name);

const counts: Partial<Record<keyof RunPlan, string>> = {
  iterations: 'Optimas iterations at most',
  preferenceInputs: 'training inputs for the first preference data',
  adaptationInputs: 'fresh training inputs per iteration',
  candidatesPerInput: 'candidate outputs per input and component',
  rolloutsPerCandidate: 'downstream rollouts per candidate',
  proposals: 'proposals per component step that the reward ranks',
  rankingInputs: 'training inputs on which all proposals are ranked',
  shortlist: 'best proposals that are judged by the global metric',
  shortlistInputs: 'training inputs on which the shortlist is judged',
  finalists: 'proposals that go on to validation',
  validationExamples: 'validation examples per measurement',
  testExamples: 'test examples of the final test',
  patience: 'tries of every component, beside one of every pair, without an acceptance before the run ends',
};

/** Adds an option for every number of the plan. Their defaults come from the config, then from the product. */
export function addPlanOptions(command: Command): Command {
  for (const [key, description] of Object.entries(counts)) {
    const least = key === 'iterations' ? 0 : 1;
    command.addOption(
      new Option(
        `--${dashed(key)} <n>`,
        `${description} (default ${String(defaultPlan[key as keyof RunPlan])})`,
      ).argParser(wholeNumber(least)),
    );
  }
  return command
    .addOption(
      new Option(
        '--sampling-temperature <t>',
        `temperature of candidate outputs (default ${defaultPlan.samplingTemperature})`,
      ).argParser(numberFrom(0, 2)),
    )
    .addOption(
      new Option(
        '--alpha <level>',
        `chance that the run accepts anything when nothing is better (default ${defaultPlan.alpha})`,
      ).argParser(numberFrom(0.0001, 0.5)),
    )
    .addOption(
      new Option(
        '--minimum-effect <gain>',
        `least gain worth accepting (default ${defaultPlan.minimumEffect})`,
      ).argParser(numberFrom(0, 1)),
    )
    .addOption(
      new Option(
        '--score-per-usd <score>',
        `score that one US dollar of an example is worth (default ${defaultPlan.scorePerUsd}: money does not count)`,
      ).argParser(numberFrom(0)),
    )
    .addOption(
      new Option(
        '--score-per-second <score>',
        `score that one second of an example's latency is worth (default ${defaultPlan.scorePerSecond}: it does not count)`,
      ).argParser(numberFrom(0)),
    )
    .addOption(
      new Option(
        '--optimizers <names>',
        `optimizers that propose settings, with commas between: ${optimizerNames.join(', ')}, or the config's own (default ${String(defaultPlan.optimizers)})`,
      ).argParser(allOrNames),
    )
    .addOption(
      new Option(
        '--prompt-trust-region <share>',
        `largest share of the words of a prompt's instructions that a proposal may change (default ${defaultPlan.promptTrustRegion}: all)`,
      ).argParser(numberFrom(0, 1)),
    )
    .addOption(
      new Option(
        '--worthwhile-gain <gain>',
        `end when no component is expected to gain so much for 1,000 component calls (default ${defaultPlan.worthwhileGain}: go on)`,
      ).argParser(numberFrom(0)),
    )
    .addOption(
      new Option(
        '--simultaneous-steps <on|off>',
        `begin by changing all components at once (default ${defaultPlan.simultaneousSteps ? 'on' : 'off'})`,
      ).argParser(onOrOff),
    )
    .addOption(
      new Option(
        '--joint-moves <on|off>',
        `change two components together where single ones get no further (default ${defaultPlan.jointMoves ? 'on' : 'off'})`,
      ).argParser(onOrOff),
    )
    .addOption(
      new Option(
        '--rewards <on|off>',
        `rank by local rewards, or by the global metric alone (default ${defaultPlan.rewards ? 'on' : 'off'})`,
      ).argParser(onOrOff),
    )
    .addOption(
      new Option('--schedule <name>', `how components are chosen (default ${defaultPlan.schedule})`).choices(schedules),
    );
}

/** The plan's members that were given on the command line. */
export function planOverrides(options: Record<string, unknown>): Partial<RunPlan> {
  const given = Object.keys(defaultPlan).filter((key) => options[key] !== undefined);
  return Object.fromEntries(given.map((key) => [key, options[key]])) as Partial<RunPlan>;
}

export function addBudgetOptions(command: Command): Command {
  return command
    .addOption(new Option('--max-calls <n>', 'end after this many model calls').argParser(wholeNumber(0)))
    .addOption(
      new Option('--max-tokens <n>', 'end after this many prompt and completion tokens').argParser(wholeNumber(0)),
    )
    .addOption(new Option('--max-usd <dollars>', 'end after this much money').argParser(numberFrom(0)))
    .addOption(new Option('--max-minutes <n>', 'end after this much time, pauses not counted').argParser(numberFrom(0)))
    .addOption(
      new Option('--pause-at <share>', 'pause once when this share of a limit is spent, such as 0.8').argParser(
        numberFrom(0.01, 0.99),
      ),
    );
}

export interface BudgetOptions {
  maxCalls?: number;
  maxTokens?: number;
  maxUsd?: number;
  maxMinutes?: number;
  pauseAt?: number;
}

/** The limits that were given on the command line. */
export function budgetOverrides(options: BudgetOptions): Budget {
  return {
    ...(options.maxCalls === undefined ? {} : { calls: options.maxCalls }),
    ...(options.maxTokens === undefined ? {} : { tokens: options.maxTokens }),
    ...(options.maxUsd === undefined ? {} : { usd: options.maxUsd }),
    ...(options.maxMinutes === undefined ? {} : { wallClockMs: options.maxMinutes * 60_000 }),
    ...(options.pauseAt === undefined ? {} : { pauseAt: options.pauseAt }),
  };
}

function dashed(name: string): string {
  return name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
