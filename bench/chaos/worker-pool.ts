import type { ChildProcess } from 'node:child_process';
import { killNow, spawnWorker, workerErrors, type WorkerProcessOptions } from '../../test/support/worker-process';

interface Member {
  label: string;
  child: ChildProcess;
}

/** The workers of one run, each a process. One that was killed is replaced by a new process in the same place. */
export class WorkerPool {
  /** Workers that ended without being killed, with the end of what they wrote. */
  readonly deaths: string[] = [];
  private readonly members = new Map<number, Member>();
  private started = 0;

  constructor(
    private readonly count: number,
    private readonly options: WorkerProcessOptions & { label: string },
  ) {}

  /** Starts a worker in every place that has none. */
  async fill(): Promise<void> {
    const places = Array.from({ length: this.count }, (_, place) => place);
    await Promise.all(places.filter((place) => !this.members.has(place)).map((place) => this.start(place)));
  }

  /** kill -9 of the worker in one place, or of all; gives the labels of those that died. */
  async kill(place?: number): Promise<string[]> {
    const victims = [...this.members].filter(([at]) => place === undefined || at === place);
    for (const [at] of victims) this.members.delete(at);
    await Promise.all(victims.map(([, { child }]) => killNow(child)));
    return victims.map(([, { label }]) => label);
  }

  /** The end of what the living workers wrote to standard error. */
  errors(): string {
    return [...this.members.values()].map(({ label, child }) => `${label}:\n${workerErrors(child)}`).join('\n');
  }

  private async start(place: number): Promise<void> {
    const label = `${this.options.label}/${this.started++}`;
    const child = await spawnWorker({ ...this.options, label });
    const member = { label, child };
    this.members.set(place, member);
    child.once('exit', (code, signal) => {
      if (this.members.get(place) !== member) return;
      this.members.delete(place);
      this.deaths.push(`worker ${label} ended by itself (${signal ?? code}): ${workerErrors(child).slice(-1_500)}`);
    });
  }
}
