import { workerEnvironment } from './worker-environment';

const parts = { environment: { OPTIMAS_LOCAL_PARTS: '{}' } };

describe('workerEnvironment', () => {
  it('hands over the parts, and bounds the memory arenas', () => {
    expect(workerEnvironment(parts, {})).toEqual({ OPTIMAS_LOCAL_PARTS: '{}', MALLOC_ARENA_MAX: '2' });
  });

  it('bounds the memory arenas of a process that finds its parts itself', () => {
    expect(workerEnvironment(undefined, {})).toEqual({ MALLOC_ARENA_MAX: '2' });
  });

  it("leaves a person's own number of arenas", () => {
    expect(workerEnvironment(parts, { MALLOC_ARENA_MAX: '4' })['MALLOC_ARENA_MAX']).toBe('4');
  });
});
