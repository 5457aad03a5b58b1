import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Command } from 'commander';
import { contentHash } from '../../core/system/canonical-json';
import { MemoisedEncoder, OnnxEncoder, VectorCache, type Encoder } from '../../providers/encoder';
import { cacheFolder, climb, encoderLadder } from '../../providers/ladders';
import { adaptationBench } from './adaptation';
import { withCandidates } from './collect-candidates';
import { KeptResults, measuringSources } from './kept-results';
import { modelJudge } from './model-judge';
import { realAlignment, type RealAlignment } from './real-alignment';
import { configOf, realSystems } from './real-systems';
import { report, type RewardsReport } from './report';
import { measureSpeed } from './speed/measure-speed';
import { isWanted, syntheticAlignment } from './synthetic-alignment';
import { missedTargets } from './targets';

/** How much each size of the bench measures. */
const sizes = {
  quick: { trainingInputs: 100, heldOutInputs: 40, curve: false, realShare: 0, judgedPairs: 0, seeds: 1, repeats: 1 },
  check: {
    trainingInputs: 360,
    heldOutInputs: 200,
    curve: false,
    realShare: 0.5,
    judgedPairs: 24,
    seeds: 10,
    repeats: 5,
  },
  full: { trainingInputs: 360, heldOutInputs: 200, curve: true, realShare: 1, judgedPairs: 60, seeds: 10, repeats: 5 },
};

const judgeModel = 'smollm2-135m-instruct';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** See bench/README.md, "Rewards". */
async function main(): Promise<void> {
  const options = new Command('bench:rewards')
    .option('--check', 'a smaller bench (40 minutes); exits with 1 when a target is missed')
    .option('--quick', 'without language models, in under 5 minutes; targets are not looked at')
    .option('--only <parts>', 'synthetic, real, adaptation, speed: some of them, separated by commas')
    .option('--systems <names>', 'of the real systems, some, separated by commas')
    .option('--components <names>', 'of synthetic and real systems, some: editor or chain.editor, separated by commas')
    .option('--seed <n>', 'of the synthetic systems', Number, 0)
    .option('--folder <path>', 'where replies, candidates and results stay', join(cacheFolder(), 'bench-rewards'))
    .option('--fresh', 'measure everything anew; replies and candidates stay')
    .parse()
    .opts<{
      check?: boolean;
      quick?: boolean;
      only?: string;
      systems?: string;
      components?: string;
      seed: number;
      folder: string;
      fresh?: boolean;
    }>();
  const size = sizes[options.quick ? 'quick' : options.check ? 'check' : 'full'];
  const known = ['synthetic', 'real', 'adaptation', 'speed'];
  const parts = options.only?.split(',') ?? known;
  const unknown = parts.find((part) => !known.includes(part));
  if (unknown !== undefined) throw new Error(`--only: there is no part '${unknown}'; known ones: ${known.join(', ')}`);
  if (options.check === true && (options.only ?? options.systems ?? options.components) !== undefined) {
    say('note: parts are left out, so that --check looks at the targets of the rest only');
  }
  const folder = resolve(options.folder);
  mkdirSync(folder, { recursive: true });
  const kept = new KeptResults(join(folder, 'results'), {
    sources: measuringSources(),
    fresh: options.fresh === true,
  });
  const components = options.components?.split(',');
  const { value } = await climb(encoderLadder(cacheFolder()));
  // Texts come again in every part and fold: enough room for all of them.
  const encoder = new MemoisedEncoder(await OnnxEncoder.open(value), new VectorCache(512 * 2 ** 20));
  const started = performance.now();
  const result: RewardsReport = {};
  if (parts.includes('synthetic')) {
    result.synthetic = await syntheticAlignment({
      ...size,
      ...{ seed: options.seed, pairs: 400, components, folder, encoder, kept, say },
    });
  }
  if (parts.includes('real') && size.realShare > 0)
    result.real = await realSystemsPart(size, {
      folder,
      encoder,
      kept,
      systems: options.systems?.split(','),
      components,
    });
  if (parts.includes('adaptation'))
    result.adaptation = await adaptationBench({ seeds: size.seeds, encoder, kept, say });
  if (parts.includes('speed')) result.speed = await measureSpeed({ repeats: size.repeats, say });
  result.minutes = (performance.now() - started) / 60_000;
  result.found = kept.found;
  for (const line of report(result)) say(line);
  const missed = missedTargets(result);
  if (options.quick !== true) for (const line of missed) say(`missed: ${line}`);
  say(JSON.stringify({ ...result, missed }));
  if (options.check === true && missed.length > 0) process.exitCode = 1;
}

async function realSystemsPart(
  { realShare, judgedPairs }: { realShare: number; judgedPairs: number },
  {
    folder,
    encoder,
    kept,
    systems,
    components,
  }: {
    folder: string;
    encoder: Encoder;
    kept: KeptResults;
    systems: string[] | undefined;
    components: string[] | undefined;
  },
): Promise<(RealAlignment & { system: string })[]> {
  // As in the tests: where the data lies beside the repository, it is taken from there.
  const beside = resolve(__dirname, '../../../shared/data');
  if (!process.env['OPTIMAS_DATA_DIR'] && existsSync(beside)) process.env['OPTIMAS_DATA_DIR'] = beside;
  const results: (RealAlignment & { system: string })[] = [];
  for (const real of realSystems.filter(({ name }) => systems?.includes(name) ?? true)) {
    const { name, label = name, configuration, plan, groupOf, inputs, whole } = real;
    const share = Object.entries(inputs)
      .filter(([component]) => isWanted(components, label, component))
      .map(([component, count]) => [component, whole ? count : Math.round(realShare * count)] as const);
    if (share.length === 0) continue;
    const measured = new Set(share.map(([component]) => component));
    await withCandidates(
      {
        config: await configOf(real),
        system: name,
        configuration,
        inputs: Object.fromEntries(share),
        // The models of these systems answer at temperature 0: a second rollout shows that it changes nothing, and costs nothing.
        plan: { ...plan, candidatesPerInput: 6, rolloutsPerCandidate: 2 },
        folder,
        say,
      },
      async ({ system, candidates, models }) => {
        for (const [component, own] of [...candidates].filter(([item]) => measured.has(item))) {
          const description = system.components.find((item) => item.name === component)?.description ?? '';
          const judge = modelJudge(models, judgeModel, description);
          const judged = [judgeModel, description, judgedPairs];
          const found = await kept.of(['real', label, component, ...judged, encoder.identity, contentHash(own)], () =>
            realAlignment({ component, candidates: own, groupOf, encoder, judge, judgedPairs }),
          );
          results.push({ system: label, ...found });
          say(`${label}.${component}: ${found.ours.value.toFixed(3)} of ${found.ours.pairs} pairs`);
        }
      },
    );
  }
  return results;
}

void main();
