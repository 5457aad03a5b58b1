import { Command, CommanderError } from 'commander';
import { InfrastructureError } from '../../core/system/infrastructure-error';
import { DefinitionError } from '../../core/system/definition-error';
import { LadderError } from '../../providers/ladders';
import { StorageError } from '../../storage';
import { ServerUnreachable } from '../../workers/temporal-connection';
import { RunNotFound } from '../run-not-found';
import { Cleanup } from './cleanup';
import { errorReport } from './error-report';
import { exitCode } from './exit-code';
import { ladderLines } from './ladder-lines';
import { allOrNames, namesAmong } from './option-parsers';
import { addPlanOptions, budgetOverrides, planOverrides } from './plan-options';
import { createProgram } from './program';
import { resumeCommand } from './resume-command';
import type { Terminal } from './terminal';
import { UsageError } from './usage-error';

const silent: Terminal = {
  print: () => {},
  note: () => {},
  interactive: false,
  width: 80,
  confirm: () => Promise.resolve(false),
};

describe('error reports', () => {
  it('give explained errors their message and exit code, without a stack', () => {
    const cases: [Error, number][] = [
      [new UsageError('u'), exitCode.usage],
      [new DefinitionError('d'), exitCode.usage],
      [new StorageError('BUSY', 's'), exitCode.unavailable],
      [new ServerUnreachable('t'), exitCode.unavailable],
      [new LadderError('l', [], 'do'), exitCode.unavailable],
      [new InfrastructureError('i'), exitCode.unavailable],
      [new RunNotFound('r'), exitCode.failed],
    ];
    for (const [error, code] of cases) expect(errorReport(error, false)).toEqual({ text: error.message, code });
  });

  it('recognise a server that went away, behind any wrapper', () => {
    const lost = new Error('wrapped', { cause: Object.assign(new Error('14 UNAVAILABLE'), { code: 14 }) });
    expect(errorReport(lost, false)).toMatchObject({
      code: exitCode.unavailable,
      text: expect.stringContaining('does not answer'),
    });
  });

  it('show stacks and causes only where asked', () => {
    const error = new Error('outer', { cause: new Error('inner') });
    expect(errorReport(error, false)).toEqual({ text: 'outer (--verbose shows more)', code: exitCode.failed });
    expect(errorReport(error, true).text).toMatch(/Error: outer\n +at [^]*caused by Error: inner\n +at /);
  });
});

describe('the program', () => {
  const program = createProgram(silent, '1.2.3');
  const commands = program.commands;

  it('has examples and exit codes in the help of every command', () => {
    expect(commands.map((item) => item.name()).sort()).toEqual(
      'budget cancel dev doctor export list pause resume run setup show start status watch worker'.split(' '),
    );
    for (const item of commands) {
      let help = '';
      item.configureOutput({ writeOut: (text) => (help += text) });
      item.outputHelp();
      expect(help).toContain(`Examples:\n  $ `);
      expect(help).toContain(`optimas ${item.name()}`);
      expect(help).toContain('130  interrupted');
    }
  });

  it('refuses what it cannot use', async () => {
    program.configureOutput({ writeErr: () => {} });
    for (const item of commands) item.configureOutput({ writeErr: () => {} });
    for (const args of [
      'run --seed x',
      'run --iterations -1',
      'run --max-usd abc',
      'run --schedule best',
      'run --optimizers ,',
      'run --prompt-trust-region 2',
      'run --joint-moves yes',
      'run --worthwhile-gain -2',
      'run --pause-at 80',
      'run --priority 6',
      'dev --port 70000',
      'list --jsno',
    ]) {
      await expect(program.parseAsync(args.split(' '), { from: 'user' })).rejects.toBeInstanceOf(CommanderError);
    }
  });

  it.each([
    ['all', 'all'],
    ['opro', ['opro']],
    ['edits, models', ['edits', 'models']],
    ['edits,', ['edits']],
  ])('reads the optimizers %j', (text, optimizers) => {
    expect(allOrNames(text)).toEqual(optimizers);
  });

  it('reads a list of known names in their order, each once', () => {
    const read = namesAmong(['one', 'two']);
    expect(read('two, one,two,')).toEqual(['one', 'two']);
    for (const text of ['', ',', 'one,three']) expect(() => read(text)).toThrow('of these: one, two.');
  });

  it('turns options into plan and budget', () => {
    const own = addPlanOptions(new Command()).exitOverride();
    own.parse(['--joint-moves', 'off', '--worthwhile-gain', '0.02'], { from: 'user' });
    expect(planOverrides(own.opts())).toEqual({ jointMoves: false, worthwhileGain: 0.02 });
    expect(planOverrides({ iterations: 3, alpha: 0.1, seed: 4 })).toEqual({ iterations: 3, alpha: 0.1 });
    expect(budgetOverrides({ maxCalls: 5, maxMinutes: 2, pauseAt: 0.8 })).toEqual({
      calls: 5,
      wallClockMs: 120_000,
      pauseAt: 0.8,
    });
    expect(budgetOverrides({})).toEqual({});
  });
});

it('says how a run goes on, in a form that a shell takes', () => {
  expect(resumeCommand('demo', { seed: 0 })).toBe('optimas run demo --yes');
  expect(resumeCommand('demo', { seed: 3, config: "my config's.ts" })).toBe(
    `optimas run demo --seed 3 --config 'my config'\\''s.ts' --yes`,
  );
});

it('tells installations and nothing about steps that were merely not open', () => {
  const lines: string[] = [];
  const report = ladderLines((line) => lines.push(line));
  const step = { what: 'The encoder', step: 'hub' };
  report({ what: 'The encoder', step: 'cache', state: 'failed', reason: 'not there' });
  report({ ...step, state: 'trying' });
  report({ ...step, state: 'progress', message: 'downloading', done: 1e6, total: 4e6 });
  report({ ...step, state: 'progress', message: 'downloading', done: 2e6, total: 4e6 });
  report({ ...step, state: 'progress', message: 'terms' });
  report({ ...step, state: 'failed', reason: 'broken off' });
  expect(lines).toEqual([
    '  The encoder: hub: downloading 1.0 of 4.0 MB',
    '  The encoder: hub: terms',
    '  The encoder: hub failed: broken off',
  ]);
});

it('closes everything, latest first, also after a failure', async () => {
  const cleanup = new Cleanup();
  const closed: number[] = [];
  cleanup.add(() => closed.push(1));
  cleanup.add(() => Promise.reject(new Error('second')));
  cleanup.add(() => closed.push(3));
  await expect(cleanup.run()).rejects.toThrow('second');
  expect(closed).toEqual([3, 1]);
});
