import type { PreferencePair } from '../../core/preference/preference-pair';
import { modelJudge } from './model-judge';

const pair = {
  exampleId: 'e',
  inputs: { question: 'why?' },
  preferred: { text: 'because of the tide' },
  rejected: { text: 'no idea' },
} as unknown as PreferencePair;

/** A judge that replies by what it is shown as the outputs A and B. */
function judged(reply: (a: string, b: string) => string): Promise<number> {
  const models = {
    chat: async ({ messages }: { messages: readonly { content: unknown }[] }) => {
      const content = messages[0]?.content as string;
      const [, a, b] = /Output A:\ntext: (.*)\n\nOutput B:\ntext: (.*)\n\n/.exec(content) ?? [];
      return { text: reply(a as string, b as string) } as never;
    },
  };
  return modelJudge(models, 'small', 'answers')(pair);
}

describe('modelJudge', () => {
  it('orders by what it names in both orders', async () => {
    expect(await judged((a) => (a === 'because of the tide' ? 'A' : 'Output B'))).toBe(1);
    expect(await judged((a) => (a === 'no idea' ? 'A.' : 'B'))).toBe(-1);
  });

  it('takes one who always names the same place for undecided', async () => {
    expect(await judged(() => 'A')).toBe(0);
    expect(await judged(() => 'B')).toBe(0);
    expect(await judged(() => 'I cannot say')).toBe(0);
  });

  it('counts a side that is named in one order only', async () => {
    expect(await judged((a) => (a === 'because of the tide' ? 'A' : 'hm'))).toBe(0.5);
  });
});
