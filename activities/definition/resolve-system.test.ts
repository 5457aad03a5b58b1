import { rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { z } from 'zod';
import { component } from '../../core/system/component';
import { system } from '../../core/system/system';
import { integer } from '../../core/system/variable';
import { TemporaryFolder } from '../../storage/testing/temporary-folder';
import { resolveSystem } from './resolve-system';

const x = z.object({ x: z.number() });
const y = z.object({ y: z.number() });
const rows = (id: string) => [{ id, x: 1 }];

interface Changes {
  component?: object;
  system?: object;
}

async function resolved(changes: Changes = {}) {
  const part = component({
    name: 'adder',
    description: 'Adds',
    input: x,
    output: y,
    configuration: { plus: integer(0, 9) },
    run: (inputs: { x: number }) => ({ y: inputs.x }),
    ...changes.component,
  } as never);
  const whole = system({
    name: 's',
    input: x,
    output: y.partial(),
    components: [part],
    metric: () => 1,
    dataset: { train: rows('t'), validation: rows('v'), test: rows('u') },
    ...changes.system,
  } as never);
  return resolveSystem(whole);
}

describe('resolveSystem', () => {
  it('gives equal definitions equal hashes', async () => {
    expect((await resolved()).definitionHash).toBe((await resolved()).definitionHash);
  });

  it.each<[string, Changes]>([
    ['whether a component is deterministic', { component: { deterministic: true } }],
    ['when a component runs', { component: { when: () => true } }],
    ['what a component captures', { component: { captures: { plus: 1 } } }],
    ['how a component runs', { component: { run: () => ({ y: 2 }) } }],
    ['a variable', { component: { configuration: { plus: integer(0, 9, { initial: 1 }) } } }],
    ['whether the metric is deterministic', { system: { metricDeterministic: false } }],
    ['the metric', { system: { metric: () => 0 } }],
    ['the ground truth', { system: { groundTruth: () => ({ adder: { y: 1 } }) } }],
    ['the data', { system: { dataset: { train: rows('t2'), validation: rows('v'), test: rows('u') } } }],
  ])('has a definition hash that tells %s', async (_, changes) => {
    expect((await resolved(changes)).definitionHash).not.toBe((await resolved()).definitionHash);
  });

  it('has component versions that tell code, variables and captured values, unless the version is given', async () => {
    const base = (await resolved()).versions['adder'];
    for (const change of [{ run: () => ({ y: 2 }) }, { captures: 1 }, { configuration: { plus: integer(0, 8) } }]) {
      expect((await resolved({ component: change })).versions['adder']).not.toBe(base);
    }
    expect((await resolved({ component: { version: '7', captures: 1 } })).versions['adder']).toBe('7');
  });

  it('has component versions that tell the content of declared resources, wherever they lie', async () => {
    const folder = await TemporaryFolder.create();
    try {
      const versionWith = async (...resources: string[]) =>
        (await resolved({ component: { resources } })).versions['adder'];
      const [index, copy] = [join(folder.path, 'index.json'), join(folder.path, 'copy.json')];
      await writeFile(index, '[1]');
      await writeFile(copy, '[1]');
      const before = await versionWith(index);
      expect(before).not.toBe(await versionWith());
      expect(await versionWith(copy)).toBe(before);
      expect(await versionWith(relative(process.cwd(), index))).toBe(before);
      await writeFile(index, '[2]');
      expect(await versionWith(index)).not.toBe(before);
      await rm(index);
      await expect(versionWith(index)).rejects.toThrow(
        /resource '.*index\.json' cannot be read; paths are absolute or/,
      );
    } finally {
      await folder.remove();
    }
  });
});
