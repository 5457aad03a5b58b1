import { randomStream } from '../../random/stream';
import { model, prompt, range } from '../../system/variable';
import type { OptimizerContext } from '../component-optimizer';
import { modelProposals } from '../model-proposals';
import type { Proposal } from '../proposal';
import { models } from './models';

const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'] as const;
const variables = { prompt: prompt('Answer.'), k: range(0, 1), llm: model(names) };
const settings = { prompt: { instructions: 'Answer.', demonstrations: [] as never[] }, k: 0.5, llm: 'a' };
const incumbent = { variables, settings };

function proposed(context: Partial<OptimizerContext> = {}): Proposal[] {
  const offered = models.propose({
    ...({ incumbent, observations: [], past: [], stream: randomStream(1) } as unknown as OptimizerContext),
    component: { name: 'answerer', description: '', inputFields: [], outputFields: [] },
    system: { variables: { answerer: variables }, configuration: { answerer: settings } },
    ...context,
  });
  return [...(offered as readonly Proposal[])];
}
const order = (proposals: readonly Proposal[]): string =>
  proposals.map((item) => String(item.settings['llm'])).join('');
const tried = (llm: string, gain: number) => ({
  ...{ iteration: 0, incumbent: settings, expectedGain: gain, measuredGain: null, finalist: false, accepted: false },
  proposal: modelProposals(incumbent).find((item) => item.settings['llm'] === llm) as Proposal,
});

describe('models', () => {
  it('offers every other model in the order of the definition, where nothing is known', () => {
    expect(order(proposed())).toBe('bcdefg');
  });

  it('begins with what the preference data says gains, and knows settings that differ in the model alone', () => {
    const other = { ...settings, llm: 'c', k: 0.7 };
    const observations = [
      { settings: { ...settings, llm: 'g' }, value: 0.3 },
      { settings: { ...settings, llm: 'b' }, value: -0.1 },
      { settings: other, value: 0.9 },
    ];
    expect(order(proposed({ observations }))).toBe('gcdefb');
  });

  it('reaches all of them: what was tried comes last, by what it gained', () => {
    const past = [tried('g', -0.3), tried('b', -0.1), tried('c', -0.2)];
    const observations = [{ settings: { ...settings, llm: 'g' }, value: 0.3 }];
    expect(order(proposed({ past, observations }))).toBe('defbcg');
  });

  it('knows that a model that was replaced was tried', () => {
    const now = { ...settings, llm: 'b' };
    const past = [
      { ...tried('b', 0.3), accepted: true },
      { ...tried('c', 0), incumbent: now, expectedGain: -0.4 },
    ];
    const system = { variables: { answerer: variables }, configuration: { answerer: now } };
    expect(order(proposed({ incumbent: { variables, settings: now }, system, past }))).toBe('defgac');
  });

  it('offers a model in all components in turn with those of one, in another order each time', () => {
    const judge = { llm: model(names) };
    const system = {
      variables: { answerer: variables, judge },
      configuration: { answerer: settings, judge: { llm: 'a' } },
    };
    const orders = Array.from({ length: 20 }, (_, seed) => proposed({ system, stream: randomStream(seed) }));
    for (const offered of orders) {
      expect(order(offered.filter(({ elsewhere }) => elsewhere === undefined))).toBe('bcdefg');
      expect(offered.slice(0, 6).map(({ elsewhere }) => elsewhere !== undefined)).toEqual(
        [0, 1, 0, 1, 0, 1].map(Boolean),
      );
      expect([...order(offered)].toSorted().join('')).toBe('bbccddeeffgg');
    }
    expect(new Set(orders.map((offered) => offered[1]?.settings['llm'])).size).toBe(6);
  });
});
