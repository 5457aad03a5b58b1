import { z } from 'zod';
import { component } from '../core/system/component';
import { system } from '../core/system/system';
import { HashedNgramEncoder } from '../providers/encoder';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { defineConfig } from './config/define-config';
import { openRuntime } from './runtime';

it('tries again to open the encoder and to load the data after a failure', async () => {
  const folder = await TemporaryFolder.create();
  const text = z.object({ text: z.string() });
  const rows = (id: string) => [{ id, text: 'x' }];
  let [openings, loads] = [0, 0];
  const made = system({
    name: 's',
    input: text,
    output: text,
    from: { text: 'echo.text' },
    components: [component({ name: 'echo', description: '', input: text, output: text, run: (inputs) => inputs })],
    metric: () => 1,
    dataset: () => {
      if (++loads === 1) throw new Error('the disk is not mounted');
      return { train: rows('a'), validation: rows('b'), test: rows('c') };
    },
  });
  const runtime = await openRuntime(defineConfig({ systems: [made] }), {
    endpoints: {},
    openEncoder: async () => {
      if (++openings === 1) throw new Error('no such folder');
      return new HashedNgramEncoder();
    },
    databaseUrl: folder.url(),
  });
  try {
    await expect(runtime.encoder()).rejects.toThrow('no such folder');
    expect(await runtime.encoder()).toBe(await runtime.encoder());
    expect(openings).toBe(2);
    await expect(runtime.resolve('s')).rejects.toThrow('not mounted');
    expect(await runtime.resolve('s')).toBe(await runtime.resolve('s'));
    expect(loads).toBe(2);
    await expect(runtime.resolve('other')).rejects.toThrow("there is no system 'other'");
  } finally {
    await runtime.close();
    await folder.remove();
  }
});
