import type { JsonObject } from '../../core/system/json';
import { storesOf, type Stores } from '../../storage';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { slotOutcomes } from './slot-outcomes';

let folder: TemporaryFolder;
let stores: Stores;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  stores = storesOf(await folder.open());
});
afterEach(() => folder.remove());

/** Gains of the slots of one iteration that proposed all of these, the first of which was validated where `realised` says what it gained. */
async function gainsOf(proposals: JsonObject[], realised?: number): Promise<[string, number][]> {
  const body = (content: JsonObject, kind: string) => ({
    key: `iteration/0/${kind}`,
    iteration: 0,
    kind,
    body: content,
  });
  const records = proposals.map((proposal, place) => ({
    ...{ configurationHash: `hash ${place}`, optimizers: [`by ${place}`], origin: 'grid' },
    ...{ judge: null, expectedGain: null, measuredGain: null, sameOutputsAs: null, ...proposal },
  }));
  const validated = realised === undefined ? [] : [{ configurationHash: 'hash 0', realised }];
  await stores.ledger.append('run', [
    body({ component: 'writer', proposals: records }, 'proposals'),
    body({ component: 'writer', accepted: false, validated }, 'decision'),
  ]);
  const outcomes = await slotOutcomes(stores, 'run', 1);
  return outcomes.map(({ optimizer, gain }) => [optimizer, gain]);
}

describe('slotOutcomes', () => {
  it.each([
    [
      'what validation found, before what training inputs said',
      { judge: 'metric', expectedGain: 0.2, measuredGain: 0.3 },
      0.1,
      0.1,
    ],
    [
      'what the shortlist measured, before the ranking',
      { judge: 'metric', expectedGain: 0.2, measuredGain: 0.3 },
      undefined,
      0.3,
    ],
    ['what the metric ranked by', { judge: 'metric', expectedGain: 0.2 }, undefined, 0.2],
    ['nothing of what a reward expects', { judge: 'reward', expectedGain: 0.2 }, undefined, 0],
    ['nothing for a loss', { judge: 'metric', expectedGain: -0.2 }, undefined, 0],
    ['nothing where nobody judged', {}, undefined, 0],
  ])('counts %s', async (_, proposal, realised, gain) => {
    expect(await gainsOf([proposal], realised)).toEqual([['by 0', gain]]);
  });

  it('shares what a combination gained, which took no slot, and takes no ranking for a gain of it', async () => {
    const combination = { origin: 'combination', optimizers: ['edits', 'opro'], judge: 'metric', expectedGain: 0.5 };
    expect(await gainsOf([{ ...combination, measuredGain: 0.4 }, combination])).toEqual([
      ['edits', 0.2],
      ['opro', 0.2],
    ]);
  });

  it('takes what validation found of a proposal for what those with the same outputs gained', async () => {
    const ranked = { judge: 'metric', expectedGain: 0.2 };
    const same = { ...ranked, sameOutputsAs: 'hash 0' };
    const gains = await gainsOf([ranked, same, { ...same, origin: 'combination' }, ranked], -0.05);
    expect(gains).toEqual([
      ['by 0', 0],
      ['by 1', 0],
      ['by 3', 0.2],
    ]);
  });
});
