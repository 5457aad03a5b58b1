import { fillSlots } from './fill-slots';
import type { Proposal } from './proposal';

const proposal = (k: number): Proposal => ({
  settings: { k },
  origin: 'grid',
  changed: [{ variable: 'k', kind: 'hyperparameter' }],
});
const fill = (slots: number, ...offers: [slots: number, ks: number[]][]): unknown[] =>
  fillSlots({
    incumbent: { k: 0 },
    slots,
    offers: offers.map(([own, ks]) => ({ slots: own, proposals: ks.map(proposal) })),
  }).map(({ settings }) => settings['k']);

describe('fillSlots', () => {
  it('takes of each the slots it has, in turn', () => {
    expect(fill(4, [1, [1, 2, 3]], [3, [11, 12, 13, 14]])).toEqual([1, 11, 12, 13]);
  });

  it('gives what one leaves empty to the spares of the others in turn', () => {
    expect(fill(6, [3, [1]], [2, [11, 12, 13]], [1, [21, 22, 23]])).toEqual([1, 11, 21, 12, 13, 22]);
    expect(fill(4, [2, []], [2, [11, 12, 13]])).toEqual([11, 12, 13]);
  });

  it('counts equal settings once, and the incumbent never', () => {
    expect(fill(4, [2, [0, 1, 1]], [2, [1, 2, 3]])).toEqual([1, 2, 3]);
  });
});
