import { endTogether, type Runnable } from './end-together';

/** A worker that ends when it is shut down, some time later, or dies. */
class TestWorker implements Runnable {
  private state = 'INITIALIZED';
  private end = (): void => {};
  die = (_cause: Error): void => {};

  run(): Promise<void> {
    this.state = 'RUNNING';
    return new Promise((resolve, reject) => {
      this.end = () => {
        this.state = 'STOPPED';
        resolve();
      };
      this.die = (cause) => {
        this.state = 'FAILED';
        reject(cause);
      };
    });
  }

  shutdown(): void {
    if (this.state !== 'RUNNING') throw new Error(`shutdown of a worker that is ${this.state}`);
    this.state = 'STOPPING';
    setTimeout(() => this.end(), 20);
  }

  getState(): string {
    return this.state;
  }
}

describe('endTogether', () => {
  it('shuts the others down when one dies, and tells why it died when all have ended', async () => {
    const workers = [new TestWorker(), new TestWorker()] as const;
    const { done } = endTogether(workers);
    workers[0].die(new Error('out of memory'));
    await expect(done).rejects.toThrow('out of memory');
    expect(workers.map((worker) => worker.getState())).toEqual(['FAILED', 'STOPPED']);
  });

  it('ends without an error after a shutdown, which may be asked for twice', async () => {
    const workers = [new TestWorker(), new TestWorker()];
    const { done, shutdown } = endTogether(workers);
    shutdown();
    shutdown();
    await done;
    expect(workers.map((worker) => worker.getState())).toEqual(['STOPPED', 'STOPPED']);
  });
});
