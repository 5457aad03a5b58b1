import { MockActivityEnvironment } from '@temporalio/testing';
import { inActivity } from './in-activity';

describe('inActivity', () => {
  it('ends a cancelled attempt whose body never ends', async () => {
    const environment = new MockActivityEnvironment();
    const attempt = environment.run(() => inActivity(() => new Promise<never>(() => {})));
    setTimeout(() => environment.cancel('CANCELLED'), 10);
    await expect(attempt).rejects.toMatchObject({ name: 'CancelledFailure' });
  }, 5_000);

  it('lets a cancelled body keep what it has', async () => {
    const environment = new MockActivityEnvironment();
    const kept: string[] = [];
    const attempt = environment.run(() =>
      inActivity(async ({ signal }) => {
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
        await new Promise((resolve) => setTimeout(resolve, 50));
        kept.push('results');
        signal.throwIfAborted();
      }),
    );
    setTimeout(() => environment.cancel('CANCELLED'), 10);
    await expect(attempt).rejects.toMatchObject({ name: 'CancelledFailure' });
    expect(kept).toEqual(['results']);
  });
});
