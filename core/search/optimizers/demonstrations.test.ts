import { randomStream } from '../../random/stream';
import { prompt } from '../../system/variable';
import type { OptimizerContext } from '../component-optimizer';
import { demonstrations } from './demonstrations';

it('says why calls that went well cannot be shown', async () => {
  const reject = jest.fn();
  const long = { exampleId: 'a', inputs: { text: 'word '.repeat(1_000) }, outputs: { answer: 'yes' }, score: 1 };
  const propose = (tokens?: number) =>
    demonstrations.propose({
      ...({ traces: [], demonstrable: [long], reject, stream: randomStream(1) } as unknown as OptimizerContext),
      incumbent: {
        variables: { prompt: prompt('Answer.', { demonstrations: { max: 2, ...(tokens && { tokens }) } }) },
        settings: { prompt: { instructions: 'Answer.', demonstrations: [] } },
      },
    });
  expect(await propose()).toEqual([]);
  const reason = expect.stringContaining('demonstrations.tokens is 1000') as string;
  expect(reject).toHaveBeenCalledWith(expect.objectContaining({ reason }));
  expect(await propose(2_000)).toHaveLength(1);
});
