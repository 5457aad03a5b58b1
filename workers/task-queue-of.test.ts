import { scriptedChain } from '../systems/synthetic';
import { defineConfig, type ConfigOptions } from './config/define-config';
import { taskQueueOf } from './task-queue-of';

const queue = (options: Partial<ConfigOptions>, file = 'a.config.ts'): string =>
  taskQueueOf(defineConfig({ systems: [scriptedChain()], ...options }), file);

it('separates the projects of one machine, and joins the machines of a shared database', () => {
  expect(queue({})).toMatch(/^optimas-[0-9a-f]{8}$/);
  expect(queue({})).toBe(queue({ database: 'file:.optimas/optimas.db' }));
  expect(queue({})).not.toBe(queue({}, 'b.config.ts'));
  expect(queue({})).not.toBe(queue({ database: 'file:other.db' }));
  expect(queue({ database: 'postgres://one/tuning' })).toBe('optimas-tuning');
  expect(queue({ database: 'postgresql://user:secret@two:5433/tuning' }, 'b.config.ts')).toBe('optimas-tuning');
  expect(queue({ database: 'postgres://one/other' })).toBe('optimas-other');
  expect(queue({ database: 'postgres://one/tuning?options=-csearch_path%3Dmine' })).toBe('optimas-tuning-mine');
  expect(queue({ database: "postgres://one/o'x" })).toBe('optimas-o%27x');
  expect(queue({ temporal: { taskQueue: 'mine' } })).toBe('mine');
});
