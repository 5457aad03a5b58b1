import { workerEnvironment } from './worker-environment';

const settings = { MALLOC_ARENA_MAX: '2', NODE_OPTIONS: '--max-semi-space-size=64' };

describe('workerEnvironment', () => {
  it('bounds the memory arenas, makes room for young objects, and hands over the parts', () => {
    expect(workerEnvironment(undefined, {})).toEqual(settings);
    const parts = { environment: { OPTIMAS_LOCAL_PARTS: '{}' } };
    expect(workerEnvironment(parts, {})).toEqual({ ...settings, OPTIMAS_LOCAL_PARTS: '{}' });
  });

  it("keeps a person's own settings", () => {
    const own = { MALLOC_ARENA_MAX: '4', NODE_OPTIONS: '--max_semi_space_size=8 --enable-source-maps' };
    expect(workerEnvironment(undefined, own)).toEqual(own);
    expect(workerEnvironment(undefined, { NODE_OPTIONS: '--enable-source-maps' })['NODE_OPTIONS']).toBe(
      '--enable-source-maps --max-semi-space-size=64',
    );
  });
});
