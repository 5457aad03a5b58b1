import { rmSync } from 'node:fs';

export default async function globalTeardown(): Promise<void> {
  const suite = globalThis.optimasSuite;
  if (!suite) return;
  await suite.environment.teardown();
  rmSync(suite.folder, { recursive: true });
}
