import { standings } from '../../core/search/standings';
import type { Proposal } from '../../core/search/proposal';
import { configurationHash, type Configuration } from '../../core/system/configuration';
import type { JsonObject } from '../../core/system/json';
import { storesOf, type Stores } from '../../storage';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { pastProposals } from './past-proposals';
import { storeProposals } from './stored-proposals';

type Tones = Record<'editor' | 'writer', string>;
const configured = (tones: Tones): Configuration =>
  Object.fromEntries(Object.entries(tones).map(([name, tone]) => [name, { tone }]));
const changes = (...components: string[]): Proposal['changed'] =>
  components.map((component) => ({ component, variable: 'tone', kind: 'hyperparameter' }));
const alone = (tone: string): Proposal => ({
  settings: { tone },
  origin: 'grid',
  changed: [{ variable: 'tone', kind: 'hyperparameter' }],
});

let folder: TemporaryFolder;
let stores: Stores;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
  stores = storesOf(await folder.open());
});
afterEach(() => folder.remove());

/** Records an iteration of the `component`: what each proposal gained, and what was accepted. */
async function iterated(
  iteration: number,
  step: {
    component: string;
    partner?: string;
    incumbent: Tones;
    proposals: [Proposal, gain: number][];
    accepted?: { tones: Tones; changed: Proposal['changed'] };
  },
): Promise<void> {
  const { component, partner, proposals, accepted } = step;
  const incumbent = configured(step.incumbent);
  const hash = await stores.configurations.put(incumbent);
  if (accepted !== undefined) await stores.configurations.put(configured(accepted.tones));
  const own = proposals.map(([proposal]) => proposal);
  const { sha256, hashes } = await storeProposals(stores, { incumbent, component }, own);
  const records = proposals.map(([{ origin }, gain], index) => ({
    ...{ configurationHash: hashes[index]!, origin, optimizers: [], expectedGain: gain, measuredGain: gain },
    finalist: true,
  }));
  const move = { component, ...(partner !== undefined && { partner }) };
  const decision = {
    ...{ ...move, accepted: accepted !== undefined, changed: accepted?.changed ?? [] },
    incumbent: accepted === undefined ? hash : configurationHash(configured(accepted.tones)),
  };
  const body = { ...move, incumbent: hash, blobs: [sha256], proposals: records };
  await stores.ledger.append('run', [
    { key: `iteration/${iteration}/proposals`, iteration, kind: 'proposals', body },
    { key: `iteration/${iteration}/decision`, iteration, kind: 'decision', body: decision as unknown as JsonObject },
  ]);
}

const editorAlone = () =>
  iterated(0, {
    component: 'editor',
    incumbent: { editor: 'A', writer: 'plain' },
    proposals: [
      [alone('B'), -0.3],
      [alone('C'), 0.05],
    ],
  });
const past = (component: string) => pastProposals(stores, { runId: 'run', component, iteration: 9 });
async function standing(component: string, tone: string) {
  const all = standings(await past(component), {
    incumbent: { tone },
    partOf: (settings) => String(settings['tone']),
    isPure: () => true,
  });
  return Object.fromEntries(all.map(({ part, gain }) => [part, gain]));
}

const both: Tones = { editor: 'B', writer: 'ornate' };
const changed = changes('editor', 'writer');
const pair: Proposal = {
  settings: { tone: 'B' },
  elsewhere: { writer: { tone: 'ornate' } },
  origin: 'joint',
  changed,
};
it.each([
  ['a joint move of it', { component: 'editor', partner: 'writer' }, 'joint', 'B', { writer: { tone: 'ornate' } }],
  [
    'a joint move of another one',
    { component: 'writer', partner: 'editor' },
    'joint',
    'ornate',
    { editor: { tone: 'B' } },
  ],
  ['a same-model move of another one', { component: 'writer' }, 'same-model', 'ornate', { editor: { tone: 'B' } }],
] as const)('starts a new scale with the incumbent of %s', async (_, move, origin, tone, elsewhere) => {
  await editorAlone();
  expect(await standing('editor', 'A')).toEqual({ B: -0.3, C: 0.05 });
  await iterated(1, {
    ...{ ...move, incumbent: { editor: 'A', writer: 'plain' } },
    proposals: [[{ settings: { tone }, elsewhere, origin, changed }, 0.2]],
    accepted: { tones: both, changed },
  });
  expect(await standing('editor', 'B')).toEqual({});
  expect((await past('editor')).at(-1)).toEqual({
    ...{ iteration: 1, incumbent: { tone: 'A' }, finalist: true, accepted: true },
    proposal: { settings: { tone: 'B' }, elsewhere: { writer: { tone: 'ornate' } }, origin, changed },
    ...{ expectedGain: null, measuredGain: null },
  });
  await iterated(2, { component: 'editor', incumbent: both, proposals: [[alone('D'), 0.1]] });
  expect(await standing('editor', 'B')).toEqual({ D: 0.1 });
});

it('keeps the scale where others changed, where a joint move was not accepted, and where the component changed alone', async () => {
  await editorAlone();
  const incumbent: Tones = { editor: 'A', writer: 'plain' };
  await iterated(1, { component: 'editor', partner: 'writer', incumbent, proposals: [[pair, 0.2]] });
  const ornate: Tones = { editor: 'A', writer: 'ornate' };
  await iterated(2, {
    ...{ component: 'writer', incumbent, proposals: [[alone('ornate'), 0.2]] },
    accepted: { tones: ornate, changed: changes('writer') },
  });
  await iterated(3, {
    ...{ component: 'editor', incumbent: ornate, proposals: [[alone('C'), 0.25]] },
    accepted: { tones: { editor: 'C', writer: 'ornate' }, changed: changes('editor') },
  });
  expect((await past('editor')).map(({ proposal, accepted }) => [proposal.settings['tone'], accepted])).toEqual([
    ['B', false],
    ['C', false],
    ['C', true],
  ]);
  expect(await standing('editor', 'C')).toEqual({ A: -0.25, B: expect.closeTo(-0.55, 9) });
  expect((await past('writer')).map(({ proposal, accepted }) => [proposal.settings['tone'], accepted])).toEqual([
    ['ornate', true],
  ]);
});

it('remembers the newest 40 iterations that concern the component, and ends no scale by forgetting', async () => {
  const incumbent: Tones = { editor: 'A', writer: 'plain' };
  await iterated(0, {
    ...{ component: 'editor', incumbent: { editor: 'Z', writer: 'plain' }, proposals: [[alone('A'), 0.4]] },
    accepted: { tones: incumbent, changed: changes('editor') },
  });
  for (let iteration = 1; iteration <= 40; iteration++) {
    await iterated(iteration, { component: 'editor', incumbent, proposals: [[alone(`B${iteration}`), -0.1]] });
  }
  await iterated(41, { component: 'writer', incumbent, proposals: [[alone('ornate'), 0.2]] });
  const known = await pastProposals(stores, { runId: 'run', component: 'editor', iteration: 42 });
  expect(known.map((item) => item.iteration)).toEqual(Array.from({ length: 40 }, (_, index) => index + 1));
  const all = standings(known, { incumbent: { tone: 'A' }, partOf: (own) => String(own['tone']), isPure: () => true });
  expect(all.map(({ gain }) => gain)).toEqual(Array(40).fill(expect.closeTo(-0.1, 9)));
});

it('remembers the newest 40 iterations of the component, and reads no proposals of older ones', async () => {
  const incumbent: Tones = { editor: 'A', writer: 'plain' };
  const turns = Array.from({ length: 42 }, (_, iteration) => iteration);
  for (const iteration of turns) {
    await iterated(iteration, { component: 'editor', incumbent, proposals: [[alone(`t${iteration}`), 0.1]] });
    await iterated(100 + iteration, { component: 'writer', incumbent, proposals: [[alone(`w${iteration}`), 0.1]] });
  }
  const read = jest.spyOn(stores.blobs, 'getJson');
  const remembered = await pastProposals(stores, { runId: 'run', component: 'editor', iteration: 200 });
  expect(remembered.map(({ iteration }) => iteration)).toEqual(turns.slice(-40));
  expect(read).toHaveBeenCalledTimes(40);
});

it('remembers what was accepted within them, also together with others', async () => {
  const incumbent: Tones = { editor: 'A', writer: 'plain' };
  await iterated(0, {
    ...{ component: 'editor', partner: 'writer', incumbent, proposals: [[pair, 0.2]] },
    accepted: { tones: both, changed },
  });
  for (let iteration = 1; iteration <= 39; iteration++) {
    await iterated(iteration, { component: 'editor', incumbent: both, proposals: [[alone(`t${iteration}`), 0.1]] });
  }
  const remembered = (before: number) =>
    pastProposals(stores, { runId: 'run', component: 'editor', iteration: before });
  expect((await remembered(40)).filter(({ accepted }) => accepted)).toHaveLength(1);
  await iterated(40, { component: 'editor', incumbent: both, proposals: [[alone('last'), 0.1]] });
  expect((await remembered(41)).filter(({ accepted }) => accepted)).toEqual([]);
});
