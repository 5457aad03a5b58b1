import { randomStream } from '../../core/random/stream';
import { RewardError } from './reward-error';
import { decodeRewardState, encodeRewardState, type RewardState } from './reward-state';
import type { Member } from './training-request';

const stream = randomStream(1, 'state');
const numbers = (count: number): Float32Array => Float32Array.from({ length: count }, () => stream.normal());
const member = (fold: number, hidden: number): Member => ({
  fold,
  head: {
    kind: hidden === 0 ? 'linear' : 'mlp',
    hidden,
    learningRate: 0.02,
    weightDecay: 0.03,
    embeddingShare: 4,
    wordsShare: 8,
  },
  standardisation: { mean: numbers(5), scale: numbers(5) },
  parameters: Float32Array.of(-0, 1e-45, 3.4e38, ...numbers(4)),
  firstMoment: numbers(7),
  // As a trainer gives parts: not at the start of their buffer.
  secondMoment: numbers(9).subarray(2),
  steps: 120,
});
const state: RewardState = { folds: { a: 0, 東京: 1, '': 0 }, members: [member(0, 0), member(1, 3)] };
const bytes = encodeRewardState(state);

describe('reward state', () => {
  it('comes back bit for bit', () => {
    const decoded = decodeRewardState('reward', bytes);
    expect(decoded.folds).toEqual(state.folds);
    expect(decoded.members).toEqual(
      state.members.map((item) => ({ ...item, secondMoment: item.secondMoment.slice() })),
    );
    expect(Buffer.from(encodeRewardState(decoded)).equals(Buffer.from(bytes))).toBe(true);
    expect(Object.is(decoded.members[0]?.parameters[0], -0)).toBe(true);
  });

  it.each([
    ['nothing', new Uint8Array(0)],
    ['no JSON', bytes.subarray(0, bytes.length - 10)],
    ['other JSON', new TextEncoder().encode('{"schemaVersion":1,"folds":{},"members":[]}')],
    [
      'another version',
      new TextEncoder().encode(new TextDecoder().decode(bytes).replace('"schemaVersion":1', '"schemaVersion":9')),
    ],
    [
      'half a number',
      new TextEncoder().encode(new TextDecoder().decode(bytes).replace(/"mean":"[^"]*"/, '"mean":"AAAAAAA="')),
    ],
  ])('is refused with a RewardError when it is %s', (_, damaged) => {
    expect(() => decodeRewardState("reward of component 'writer'", damaged)).toThrow(RewardError);
    expect(() => decodeRewardState("reward of component 'writer'", damaged)).toThrow(
      `reward of component 'writer': its training state (${damaged.length} bytes) is damaged; fit the reward anew`,
    );
  });
});
