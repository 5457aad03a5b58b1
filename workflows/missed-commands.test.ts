import { Stopped, type Pause } from './control';
import { sendMissedCommands, type Orders } from './missed-commands';

const pause: Pause = { reason: 'lunch', by: 'test', now: false };
const quiet: Orders = { paused: null, limits: { calls: 10 }, limitsVersion: 0, stopped: null };

async function missed(told: Partial<Orders>, now: Partial<Orders>): Promise<unknown[]> {
  const sent: unknown[] = [];
  const signal = async (definition: string | { name: string }, ...args: unknown[]): Promise<void> => {
    sent.push([typeof definition === 'string' ? definition : definition.name, ...args]);
  };
  await sendMissedCommands({ signal } as never, { ...quiet, ...told }, { ...quiet, ...now });
  return sent;
}

describe('sendMissedCommands', () => {
  it('is silent where nothing changed', async () => {
    expect(await missed({}, { limits: { calls: 10 } })).toEqual([]);
    expect(await missed({ paused: pause }, { paused: { ...pause } })).toEqual([]);
  });

  it('sends a pause, a resume, new limits and a stop', async () => {
    expect(await missed({}, { paused: pause })).toEqual([['pauseIteration', pause]]);
    expect(await missed({ paused: pause }, {})).toEqual([['resumeIteration']]);
    expect(await missed({}, { limits: { calls: 20 } })).toEqual([['setIterationLimits', { calls: 20 }, 0]]);
    const pausing = { calls: 10, pauseAt: 0.5, pauseAbove: { calls: 5 } };
    expect(await missed({ limits: pausing }, {})).toEqual([['setIterationLimits', { calls: 10 }, 0]]);
    expect(await missed({}, { limits: {} })).toEqual([['setIterationLimits', {}, 0]]);
    // The same limits, set anew: a share of them is to be reached anew, too.
    expect(await missed({}, { limitsVersion: 1 })).toEqual([['setIterationLimits', { calls: 10 }, 1]]);
    expect(await missed({ paused: pause }, { stopped: new Stopped('cancelled', 'enough') })).toEqual([
      ['resumeIteration'],
      ['cancelIteration', 'enough'],
    ]);
  });
});
