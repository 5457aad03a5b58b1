import { DefinitionError } from './definition-error';
import { InfrastructureError } from './infrastructure-error';
import { outsideFailure } from './outside-failure';

const infrastructure = (kind: 'retryable' | 'permanent' | 'systematic', status?: number) =>
  new InfrastructureError('no', { kind, status });

describe('outsideFailure', () => {
  it.each([
    ['a passing failure', infrastructure('retryable', 503)],
    ['a refused key', infrastructure('systematic', 401)],
    ['an unknown model', infrastructure('permanent', 404)],
    ['a mistake in the definition', new DefinitionError('no')],
  ])('ends the attempt for %s', (_, error) => {
    expect(outsideFailure(error)).toBe(error);
  });

  it('finds what user code wrapped', () => {
    const cause = infrastructure('retryable');
    expect(outsideFailure(new Error('tool failed', { cause }))).toBe(cause);
  });

  it.each([
    ['a request that the endpoint will never take', infrastructure('permanent', 400)],
    ['an error of the component', new Error('bad luck')],
    ['a thrown text', 'bad luck'],
  ])('leaves %s to the system under test', (_, error) => {
    expect(outsideFailure(error)).toBeUndefined();
  });
});
