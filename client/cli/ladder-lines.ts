import type { LadderReport } from '../../providers/ladders';

/** Milliseconds between two lines with the same message. */
const progressEveryMs = 3_000;

/** Tells what a ladder installs, a line each; steps that were merely not open are left out. */
export function ladderLines(note: (line: string) => void): LadderReport {
  const installing = new Set<string>();
  const lastProgress = new Map<string, { message: string; at: number }>();
  return (event) => {
    const key = `${event.what}/${event.step}`;
    if (event.state === 'taken' && installing.has(key)) {
      note(`  ${event.what}: ${event.step} done`);
    } else if (event.state === 'waiting') {
      note(`  ${event.what}: waiting, ${event.reason}`);
    } else if (event.state === 'failed' && installing.has(key)) {
      note(`  ${event.what}: ${event.step} failed: ${event.reason}`);
    } else if (event.state === 'progress') {
      installing.add(key);
      const now = performance.now();
      const finished = event.total !== undefined && event.done === event.total;
      const last = lastProgress.get(key);
      // Another message is news: the next file, or terms that are told once.
      const news = last?.message !== event.message || now - last.at >= progressEveryMs;
      if (!finished && !news) return;
      lastProgress.set(key, { message: event.message, at: now });
      note(`  ${event.what}: ${event.step}: ${event.message}${amount(event.done, event.total)}`);
    }
  };
}

function amount(done: number | undefined, total: number | undefined): string {
  if (done === undefined || done === 0) return '';
  const megabytes = (bytes: number): string => (bytes / 1e6).toFixed(1);
  return total === undefined ? ` ${megabytes(done)} MB` : ` ${megabytes(done)} of ${megabytes(total)} MB`;
}
