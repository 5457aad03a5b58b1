import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileWriteError } from '../processes/file-write-error';
import { climb, StepUnavailable, type Ladder, type Step } from './climb';
import { LadderError } from './ladder-error';

const fails = (name: string, reason: string): Step<string> => ({
  name,
  take: async () => {
    throw new StepUnavailable(reason);
  },
});
const serves = (name: string): Step<string> => ({ name, take: async () => name });
const ladder = (...steps: Step<string>[]): Ladder<string> => ({ what: 'The thing', remedy: 'do this', steps });

describe('climbing a ladder', () => {
  it('takes the first step that serves and tells what was tried before', async () => {
    const events: string[] = [];
    const climbed = await climb(ladder(fails('a', 'not set'), serves('b'), serves('c')), ({ step, state }) =>
      events.push(`${step} ${state}`),
    );
    expect(climbed).toEqual({ value: 'b', step: 'b', tried: [{ step: 'a', reason: 'not set' }] });
    expect(events).toEqual(['a trying', 'a failed', 'b trying', 'b taken']);
  });

  it('lists every step and the one thing to do when none serves', async () => {
    const broken: Step<string> = {
      name: 'b',
      kind: 'install',
      take: async () => {
        const cause = new TypeError('fetch failed', { cause: Object.assign(new Error(''), { code: 'ENOTFOUND' }) });
        throw new Error('no answer', { cause });
      },
    };
    const error = await climb(ladder(fails('a', 'not set'), broken)).catch((thrown: unknown) => thrown);
    expect(LadderError.isInstance(error)).toBe(true);
    expect((error as Error).message).toBe(
      'The thing could not be found or installed. Tried:\n  - a: not set\n  - b: no answer: fetch failed: ENOTFOUND\nWhat to do: do this',
    );
  });

  it('gives up on a step without progress, even one that ignores its signal', async () => {
    const started = performance.now();
    const stuck: Step<string> = { name: 'stuck', silenceMs: 100, take: () => new Promise(() => undefined) };
    const { step, tried } = await climb(ladder(stuck, serves('next')));
    expect(step).toBe('next');
    expect(tried).toEqual([{ step: 'stuck', reason: 'no progress for 0.1 s' }]);
    expect(performance.now() - started).toBeLessThan(2000);
  });

  it('lets a step with progress go on past the limit', async () => {
    const slow: Step<string> = {
      name: 'slow',
      silenceMs: 300,
      take: async ({ progress }) => {
        for (let done = 0; done < 8; done++) {
          await sleep(80);
          progress({ message: 'coming', done });
        }
        return 'slow';
      },
    };
    await expect(climb(ladder(slow, serves('next')))).resolves.toMatchObject({ step: 'slow' });
  });

  it('ends at a setting that does not work: a person asked for it', async () => {
    const setting: Step<string> = {
      name: 'THING',
      kind: 'setting',
      take: async () => {
        throw new Error('nothing answers');
      },
    };
    await expect(climb(ladder(setting, serves('next')))).rejects.toThrow(
      /THING: nothing answers\n.*correct the setting/,
    );
  });

  it('ends when the caller aborts', async () => {
    const stuck: Step<string> = { name: 'stuck', take: () => new Promise(() => undefined) };
    await expect(climb(ladder(stuck), undefined, AbortSignal.timeout(50))).rejects.toThrow(/timeout/i);
  });

  describe('where files cannot be written', () => {
    let parent: string;
    beforeEach(async () => {
      parent = await mkdtemp(path.join(tmpdir(), 'optimas-climb-'));
    });
    afterEach(() => rm(parent, { recursive: true }));

    it('names the folder and its setting when there is no place for the lock', async () => {
      const folder = path.join(parent, 'data');
      await writeFile(folder, 'a file');
      const install: Step<string> = { ...serves('b'), kind: 'install' };
      const blocked = { ...ladder(fails('a', 'empty'), install), lockFile: path.join(folder, 'lock') };
      const error = await climb(blocked).catch((thrown: unknown) => thrown);
      expect(LadderError.isInstance(error)).toBe(true);
      expect((error as Error).message).toMatch(
        /Tried:\n  - a: empty\n  - lock: .*\/data\/lock could not be written: EEXIST.*\nWhat to do: let files be written in .*\/data \(.*\), or set OPTIMAS_CACHE_DIR to another folder$/,
      );
      await expect(climb({ ...blocked, folderSetting: 'OPTIMAS_DATA_DIR' })).rejects.toThrow('or set OPTIMAS_DATA_DIR');
    });

    it('does not try the next way, which would write there too', async () => {
      const full: Step<string> = {
        name: 'a',
        kind: 'install',
        take: async () => {
          throw new FileWriteError(path.join(parent, 'thing'), new Error('ENOSPC: no space left on device, write'));
        },
      };
      const blocked = { ...ladder(full, { ...serves('b'), kind: 'install' }), lockFile: path.join(parent, 'lock') };
      const failed = climb(blocked);
      await expect(failed).rejects.toThrow(`a: ${parent}/thing could not be written: ENOSPC: no space left on device`);
      await expect(failed).rejects.toThrow(`What to do: let files be written in ${parent} (`);
      expect(await readdir(parent)).toEqual([]);
    });
  });

  it('installs once when several climb together', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'optimas-climb-'));
    let installed = false;
    let installs = 0;
    const shared: Ladder<string> = {
      what: 'The thing',
      remedy: 'do this',
      lockFile: path.join(folder, 'lock'),
      steps: [
        {
          name: 'cache',
          kind: 'cache',
          take: async () => {
            if (!installed) throw new StepUnavailable('empty');
            return 'thing';
          },
        },
        {
          name: 'install',
          kind: 'install',
          take: async () => {
            installs++;
            await sleep(100);
            installed = true;
            return 'thing';
          },
        },
      ],
    };
    const climbed = await Promise.all([climb(shared), climb(shared), climb(shared)]);
    expect(installs).toBe(1);
    expect(climbed.map(({ step }) => step).sort()).toEqual(['cache', 'cache', 'install']);
    await rm(folder, { recursive: true });
  });
});
