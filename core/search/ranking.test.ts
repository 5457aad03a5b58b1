import { configurationHash } from '../system/configuration';
import { integer } from '../system/variable';
import { propose, proposalHash, type Incumbent, type Proposal } from './proposal';
import { rankProposals } from './ranking';

const incumbent: Incumbent = { variables: { k: integer(0, 20) }, settings: { k: 0 } };
const proposal = (k: number): Proposal => propose(incumbent, { k }, { origin: 'grid' })!;
const value = (meanGain: number, standardError = 0.1) => ({ meanGain, standardError, inputs: 10 });
const hash = (k: number): string => configurationHash({ k });
const rank = (proposals: Proposal[], values: Record<string, ReturnType<typeof value>>) =>
  rankProposals({ incumbent: incumbent.settings, proposals, values });

describe('rankProposals', () => {
  it('ranks by mean gain with the incumbent at 0 and the unmeasured last', () => {
    const ranked = rank([proposal(1), proposal(2), proposal(3)], { [hash(1)]: value(-0.2), [hash(3)]: value(0.3) });
    expect(ranked.map((item) => item.settings['k'])).toEqual([3, 0, 1, 2]);
    expect(ranked.map((item) => item.proposal === null)).toEqual([false, true, false, false]);
  });

  it('drops no-ops and repeats', () => {
    const noOp: Proposal = { settings: { k: 0 }, origin: 'grid', changed: [] };
    const ranked = rank([noOp, proposal(1), { ...proposal(1), origin: 'tpe' }], {});
    expect(ranked.map((item) => item.settings['k'])).toEqual([0, 1]);
  });

  it('breaks ties by incumbent, certainty, then hash, whatever the order of proposals', () => {
    const proposals = [1, 2, 3, 4, 5, 6].map(proposal);
    const values = {
      ...Object.fromEntries(proposals.map((item) => [proposalHash(item), value(0)])),
      [hash(6)]: value(0, 0.01),
    };
    const ranked = rank(proposals, values);
    expect(ranked.slice(0, 2).map((item) => item.settings['k'])).toEqual([0, 6]);
    expect(ranked.slice(2).map((item) => item.hash)).toEqual([1, 2, 3, 4, 5].map(hash).sort());
    expect(rank([...proposals].reverse(), values)).toEqual(ranked);
  });

  it('puts the incumbent before a proposal that is exactly as good', () => {
    const proposals = [1, 2, 3, 4, 5, 6].map(proposal);
    const values = Object.fromEntries(proposals.map((item) => [proposalHash(item), value(0, 0)]));
    expect(rank(proposals, values)[0]?.proposal).toBeNull();
  });

  it('refuses NaN', () => {
    expect(() => rank([proposal(1)], { [hash(1)]: value(Number.NaN) })).toThrow('has the mean gain NaN');
  });
});
