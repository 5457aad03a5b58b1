import { setImmediate as nextTurn } from 'node:timers/promises';
import { StorageError } from './storage-error';

const mostPerTransaction = 1000;

interface Batch<Statement> {
  statements: readonly Statement[];
  relaxed: boolean;
  resolve(rowsAffected: number[]): void;
  reject(error: unknown): void;
}

/**
 * One writer per process: batches run one after another. Batches that wait together share a transaction, so that many
 * concurrent callers pay for one flush to disk; when it fails, each batch is tried alone and only the guilty one fails.
 */
export class WriterQueue<Statement> {
  private readonly waiting: Batch<Statement>[] = [];
  private draining: Promise<void> | undefined;

  constructor(
    private readonly transact: (statements: readonly Statement[], options: { relaxed: boolean }) => Promise<number[]>,
  ) {}

  write(statements: readonly Statement[], relaxed: boolean): Promise<number[]> {
    return new Promise((resolve, reject) => {
      this.waiting.push({ statements, relaxed, resolve, reject });
      this.draining ??= this.drain();
    });
  }

  /** Resolves once nothing is waiting or under way. */
  async idle(): Promise<void> {
    while (this.draining !== undefined) await this.draining;
  }

  private async drain(): Promise<void> {
    while (this.waiting.length > 0) {
      await nextTurn();
      await this.run(this.takeGroup());
    }
    this.draining = undefined;
  }

  private takeGroup(): Batch<Statement>[] {
    let [count, statements] = [0, 0];
    for (const batch of this.waiting) {
      statements += batch.statements.length;
      if (count > 0 && statements > mostPerTransaction) break;
      count++;
    }
    return this.waiting.splice(0, count);
  }

  private async run(group: Batch<Statement>[]): Promise<void> {
    try {
      const affected = await this.transact(
        group.flatMap((batch) => batch.statements),
        { relaxed: group.every((batch) => batch.relaxed) },
      );
      let offset = 0;
      for (const batch of group) batch.resolve(affected.slice(offset, (offset += batch.statements.length)));
    } catch (error) {
      // Trying each batch alone is for what the database refused: a wait in vain, or an unknown outcome, is theirs together.
      const refused = StorageError.isInstance(error) && error.code !== 'BUSY' && error.code !== 'UNREACHABLE';
      if (group.length === 1 || !refused) for (const batch of group) batch.reject(error);
      else for (const batch of group) await this.run([batch]);
    }
  }
}
