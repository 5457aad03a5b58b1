import { resultDocumentSchema, type ResultDocument } from '../../core/run/result-document';
import { decisionText } from './decision-text';
import { countText, countedText, durationText, gainText, moneyText, pOfLevelText, pText } from './figures';
import { markdownReport } from './markdown-report';
import { promptTexts } from './prompt-texts';
import { iterationTable } from './report-sections';
import type { RunReport } from './run-report';
import { settingChanges, shortened } from './setting-changes';
import { columnWidths, textReport } from './text-report';

const demonstration = { inputs: { question: 'Capital of Peru?' }, outputs: { answer: 'Lima' } };

const document: ResultDocument = {
  schemaVersion: 1,
  runId: 'demo-seed0-1',
  system: 'demo',
  seed: 0,
  status: 'completed',
  reason: 'all iterations are done',
  baseline: { validation: { mean: 0.2, ci95: [0.1, 0.3], n: 40 }, test: { mean: 0.25, ci95: [0.15, 0.35], n: 50 } },
  final: {
    validation: { mean: 0.6, ci95: [0.5, 0.7], n: 40 },
    test: { mean: 0.55, ci95: [0.4, 0.7], n: 50 },
    gain: { mean: 0.3, ci95: [0.2, 0.4], p: 0.0001 },
  },
  iterations: [
    {
      iteration: 0,
      component: 'answerer',
      accepted: true,
      reason: 'gain',
      changed: [{ component: 'answerer', variable: 'prompt', kind: 'demonstrations' }],
      before: 0.2,
      after: 0.6,
      p: 0.01,
      ...{ level: 0.0125, ci95: [0.1, 0.7], look: 1, examples: 40 },
    },
    {
      iteration: 1,
      component: 'retriever',
      accepted: false,
      reason: 'nothing to propose',
      changed: [],
      before: null,
      after: null,
      p: null,
    },
  ],
  rewards: {
    answerer: { alignment: 0.8, ci95: [0.7, 0.9], pairs: 120, version: 1, trusted: true },
    retriever: { alignment: null, ci95: null, pairs: 0, version: 0, trusted: false },
  },
  cost: {
    systemRuns: 100,
    componentCalls: 200,
    memoHits: 50,
    llmCalls: 1,
    promptTokens: 1_234_567,
    completionTokens: 89,
    usd: 0.0123,
    wallClockMs: 65_000,
  },
  configuration: {
    answerer: { prompt: { instructions: 'Answer | now.', demonstrations: [demonstration] }, model: 'large' },
    retriever: { k: 4 },
  },
};

const report: RunReport = {
  runId: document.runId,
  system: 'demo',
  seed: 0,
  status: 'completed',
  createdAt: 0,
  baseline: {
    answerer: { prompt: { instructions: 'Answer.', demonstrations: [] }, model: 'small' },
    retriever: { k: 4 },
  },
  incumbent: document.configuration,
  iterations: document.iterations,
  rewards: document.rewards,
  spent: { calls: 7, tokens: 900, usd: 0 },
  document,
};

it('writes figures the same everywhere', () => {
  expect([countText(0), countText(999), countText(1_234_567)]).toEqual(['0', '999', '1,234,567']);
  expect([countedText(1, 'call'), countedText(2, 'call')]).toEqual(['1 call', '2 calls']);
  expect([moneyText(0), moneyText(0.0123), moneyText(12.345)]).toEqual(['$0', '$0.0123', '$12.35']);
  expect([gainText(0.1), gainText(-0.1)]).toEqual(['+0.100', '-0.100']);
  expect([pText(null), pText(0.0001), pText(0.04)]).toEqual(['-', 'p < 0.001', 'p = 0.040']);
  expect(pOfLevelText({ p: 0.00168, level: 0.05 / 30 })).toBe('p = 0.00168 (level 0.00167)');
  expect(pOfLevelText({ p: 0.00002, level: 0.00001 })).toBe('p = 0.00002 (level 0.00001)');
  expect([4_400, 59_600, 65_000, 3_540_000, 7_500_000].map(durationText)).toEqual([
    '4 s',
    '1 min',
    '1 min 5 s',
    '59 min',
    '2 h 5 min',
  ]);
});

it('names both components of a joint move', () => {
  const joint: RunReport['iterations'][number] = {
    ...{ iteration: 2, component: 'retriever', partner: 'answerer', accepted: true, reason: 'gain' },
    changed: [
      { component: 'retriever', variable: 'k', kind: 'hyperparameter' },
      { component: 'answerer', variable: 'prompt', kind: 'demonstrations' },
    ],
    ...{ before: 0.2, after: 0.6, p: 0.01 },
  };
  const line = 'iteration 3: retriever with answerer accepted k, demonstrations, 0.200 -> 0.600, p = 0.010';
  expect(decisionText(joint)).toBe(line);
  const rejected = { ...joint, before: null, after: null, reason: 'nothing led' };
  expect(decisionText(rejected)).toBe('iteration 3: retriever with answerer kept (nothing led)');
  const [row] = iterationTable({ ...report, iterations: [joint] }).rows;
  const levelled = iterationTable({ ...report, iterations: [{ ...joint, level: 0.005, ci95: [0.1, 0.7] }] }).rows[0];
  expect(levelled?.slice(6, 8)).toEqual(['+0.100 to +0.700', 'p = 0.01 (level 0.005)']);
  expect(row?.slice(6, 8)).toEqual(['-', 'p = 0.010']);
  expect(row?.slice(1, 4)).toEqual([
    'retriever with answerer',
    'accepted',
    'k (hyperparameter), answerer.prompt (demonstrations)',
  ]);
  expect(resultDocumentSchema.parse({ ...document, iterations: [joint] }).iterations).toEqual([joint]);
});

it('tells what changed between two configurations, parts of a prompt separately', () => {
  expect(settingChanges(report.baseline, report.incumbent)).toEqual([
    { component: 'answerer', variable: 'prompt', part: 'instructions', before: 'Answer.', after: 'Answer | now.' },
    {
      component: 'answerer',
      variable: 'prompt',
      part: 'demonstrations',
      before: 'none',
      after: '1 (Capital of Peru? -> Lima)',
    },
    { component: 'answerer', variable: 'model', part: 'value', before: 'small', after: 'large' },
  ]);
  expect(shortened('a\n b   c', 100)).toBe('a b c');
  expect(shortened('x'.repeat(50), 10)).toBe('xxxxxxx...');
});

it('reports a run that has ended as text no wider than the terminal', () => {
  const text = textReport(report, 80);
  expect(text).toContain(
    'Test score 0.250 -> 0.550: +0.300 (95 % interval +0.200 to +0.400, p < 0.001, 50 held-out examples).',
  );
  expect(text).toContain('iteration 1: answerer accepted demonstrations, 0.200 -> 0.600, p = 0.01 (level 0.0125)');
  expect(text).toContain('iteration 2: retriever kept (nothing to propose)');
  expect(text).toMatch(/retriever +│ not measured +│ 0 +│ no/);
  expect(text).toContain('1 model call, 1,234,567 prompt and 89 completion tokens, $0.0123, 1 min 5 s');
  expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
});

describe('how often local gains failed globally', () => {
  const failures = (more: Partial<NonNullable<ResultDocument['localToGlobal']>> = {}): RunReport => {
    const failureRate = { value: 0.25, ci95: [0.07, 0.59] as [number, number] };
    const localToGlobal = { candidates: 8, failed: 2, failureRate, meanExcess: 0.0312, ...more };
    return { ...report, document: resultDocumentSchema.parse({ ...document, localToGlobal }) };
  };
  const sentence =
    'Of 8 validated candidates that a trusted local reward expected to gain, 2 did not gain globally: ' +
    '25 % (95 % interval 7 % to 59 %); in the mean they promised 0.031 more than came';

  it('is told in both reports', () => {
    expect(textReport(failures()).split('\n')).toContain(sentence);
    expect(markdownReport(failures()).split('\n')).toContain(`${sentence}.`);
    expect(textReport(failures({ meanExcess: -0.02 }))).toContain('in the mean they promised 0.020 less than came');
  });

  it('is left out where no trusted reward sent a candidate to validation, and of documents of earlier versions', () => {
    const none = failures({ candidates: 0, failed: 0, failureRate: null, meanExcess: null });
    const earlier = { ...report, document: resultDocumentSchema.parse(document) };
    for (const each of [none, earlier]) {
      expect(textReport(each)).toBe(textReport(report));
      expect(markdownReport(each)).not.toContain('globally');
    }
  });
});

describe('the component-wise maximum', () => {
  const writer = {
    ...{ epsilon: 0.41, candidate: 'b', epsilonWithoutGains: 0.36, tried: 9, measured: 2, rankedByRewardOnly: 6 },
    ...{ earlierOnly: 1, epsilonOfTried: 0.55 },
    candidates: [
      { configurationHash: 'b', changed: [], examples: 12, meanGain: 0.05, bound: 0.41 },
      { configurationHash: 'a', changed: [], examples: 24, meanGain: -0.05, bound: 0.2 },
    ],
  };
  const none = {
    ...{ epsilon: 0.55, candidate: null, epsilonWithoutGains: null, tried: 0, measured: 0, rankedByRewardOnly: 0 },
    ...{ earlierOnly: 0, candidates: [] },
  };
  const certified = (
    components: NonNullable<ResultDocument['certificate']>['components'],
    notTuned: string[] = [],
  ): RunReport => {
    const certificate = { delta: 0.05, bounds: 3, headroom: 0.55, epsilon: 0.55, notTuned, components };
    return { ...report, document: resultDocumentSchema.parse({ ...document, certificate }) };
  };
  const sentences = [
    "With 95 % confidence no measured candidate for one component improves the final configuration by more than its component's epsilon, in score.",
    "Its size is mostly the sample's: 3 bounds hold at once, and the candidate that sets the largest was measured on 12 examples; had it neither gained nor lost on any of them, epsilon would still be 0.360.",
  ];
  const uncovered =
    'Not covered: 6 candidates ranked by the local reward only, 1 candidate tried under an earlier configuration only; of those epsilon is what is left to the highest score: 0.550.';
  const unmeasured = 'Where nothing was measured, epsilon is what is left to the highest score: 0.550.';

  it('is told in both reports, with what it means and what it does not cover', () => {
    const both = certified({ writer, picker: none });
    const text = textReport(both, 120);
    expect(text.replaceAll('\n', ' ')).toContain([...sentences, unmeasured, uncovered].join(' '));
    const own = text.slice(text.indexOf('Component-wise maximum'), text.indexOf('Cost')).split('\n');
    expect(Math.max(...own.map((line) => line.length))).toBeLessThanOrEqual(120);
    expect(text).toMatch(/writer +│ 0\.410 +│ 0\.550 +│ 9 +│ 2 +│ \+0\.050 on 12 examples/);
    expect(text).toMatch(/picker +│ 0\.550 +│ - +│ 0 +│ 0 +│ -/);
    const markdown = markdownReport(both);
    expect(markdown).toContain('## Component-wise maximum');
    expect(markdown).toContain('| writer | 0.410 | 0.550 | 9 | 2 | +0.050 on 12 examples |');
    expect(markdown.split('\n')).toContain([...sentences, unmeasured, uncovered].join(' '));
  });

  it('says no more than it knows', () => {
    const all = { ...writer, rankedByRewardOnly: 0, earlierOnly: 0 };
    const covered = textReport(certified({ writer: all }));
    expect(covered.replaceAll('\n', ' ')).toContain(sentences[1]);
    const early = textReport(certified({ writer: { ...writer, rankedByRewardOnly: 0 } })).replaceAll('\n', ' ');
    expect(early).toContain('Not covered: 1 candidate tried under an earlier configuration only; of those');
    for (const absent of ['Not covered', 'Where nothing']) expect(covered).not.toContain(absent);
    expect(textReport(certified({ picker: none })).replaceAll('\n', ' ')).toContain(
      'No candidate was measured against the final configuration: epsilon is what is left to the highest score: 0.550.',
    );
    for (const text of [textReport(report), markdownReport(report)]) {
      for (const absent of ['epsilon', 'certified']) expect(text).not.toContain(absent);
    }
  });

  it('names the components that were not tuned', () => {
    const sentence = 'Not tuned in this run, and not certified: drafter, judge.';
    for (const components of [{ writer }, { picker: none }]) {
      const excluding = certified(components, ['drafter', 'judge']);
      for (const text of [textReport(excluding), markdownReport(excluding)]) {
        expect(text.replaceAll('\n', ' ')).toContain(sentence);
      }
    }
    expect(textReport(certified({ writer }))).not.toContain('Not tuned');
  });

  it('is not certified where money or latency are objectives and nothing was tested, and both reports say why', () => {
    const objectives = { scorePerUsd: 5, scorePerSecond: 0, prices: null };
    const untested = { ...document.final, test: null, gain: null };
    const priced = { ...report, document: resultDocumentSchema.parse({ ...document, objectives, final: untested }) };
    const line =
      'Component-wise maximum: not certified, because money or latency are objectives and there was no final test, ' +
      'which would say what an example costs at most';
    expect(textReport(priced).replaceAll('\n', ' ')).toContain(line);
    expect(markdownReport(priced).split('\n')).toContain(`${line}.`);
    const tested = { ...priced, document: resultDocumentSchema.parse({ ...document, objectives }) };
    expect(textReport(tested)).not.toContain('not certified');
  });

  it('is in score less price where money or latency are objectives', () => {
    const { document: certain } = certified({ writer, picker: none });
    const objectives = { scorePerUsd: 5, scorePerSecond: 0, prices: null };
    const priced = {
      ...report,
      document: resultDocumentSchema.parse({
        ...certain,
        objectives,
        certificate: { ...certain?.certificate, dearest: 0.25 },
      }),
    };
    for (const text of [textReport(priced), markdownReport(priced)]) {
      const line = text.replaceAll('\n', ' ');
      expect(line).toContain(
        "its component's epsilon, in score less price, which of the final configuration counts up to that of its dearest test example (0.250).",
      );
      expect(line).toContain('epsilon is what is left to the highest score at no price: 0.550.');
    }
  });
});

describe('where money or latency are objectives', () => {
  const prices = { before: { usd: 0.0123, seconds: 0.25 }, after: { usd: 0.00456, seconds: 12 } };
  const final = { ...document.final, gain: { mean: 0, ci95: [0, 0] as [number, number], p: 1 } };
  const priced = resultDocumentSchema.parse({
    ...document,
    final,
    objectives: { scorePerUsd: 5, scorePerSecond: 0, prices },
    iterations: [{ ...document.iterations[0], before: 0.6, prices, gain: 0.039 }],
  });

  it('shows what an example cost before and after beside the scores', () => {
    const text = textReport({ ...report, document: priced, iterations: priced.iterations }, 120);
    expect(text).toContain('Test score 0.250, as before. An example: $0.012 -> $0.0046 and 0.25 s -> 12 s.');
    expect(text).toContain(
      'answerer accepted demonstrations, 0.600 -> 0.600, $0.012 -> $0.0046 and 0.25 s -> 12 s an example, p = 0.01 (level 0.0125)',
    );
    expect(text).toMatch(/US dollars per test example +│ \$0.012 +│ \$0.0046/);
    expect(markdownReport({ ...report, document: priced })).toContain('| seconds per test example | 0.25 s | 12 s |');
  });

  it('shows scores alone where the test was not measured', () => {
    const untested = { ...priced, objectives: { scorePerUsd: 5, scorePerSecond: 0, prices: null } };
    const text = textReport({ ...report, document: untested });
    expect(text).toContain('no better configuration was found');
    expect(text).not.toContain('per test example');
  });
});

it('says so when there is no unbiased estimate, and when nothing better was found', () => {
  const untested = { ...document, final: { ...document.final, test: null, gain: null } };
  expect(textReport({ ...report, document: untested })).toContain('there is no unbiased estimate of the gain');
  const same = { ...document, final: { ...document.final, gain: { mean: 0, ci95: [0, 0] as [number, number], p: 1 } } };
  expect(textReport({ ...report, document: same })).toContain('no better configuration was found');
});

it('reports a run that goes on', () => {
  const text = textReport({ ...report, status: 'running', document: undefined });
  expect(text).toContain('system demo, seed 0, open');
  expect(text).toContain('Changed so far');
  expect(text).toContain('7 model calls, 900 tokens, $0');
});

it('writes markdown whose cells cannot break the table', () => {
  const markdown = markdownReport(report);
  expect(markdown).toContain('| answerer.prompt instructions | Answer. | Answer \\| now. |');
  expect(markdown).toMatch(/```json\n[^]*"k": 4[^]*\n```/);
  expect(markdown).toContain('| 2 | retriever | kept | - | - | - | - | - | nothing to propose |');
});

it.each([
  [
    'nothing to learn from',
    "component 'retriever': no preference signal, no two candidate outputs of one input differ",
  ],
  ['pairs of one input only', "component 'retriever': all pairs come from one input ('q1'), so none can be held out"],
  ['no fresh pairs', 'every pair has the ground truth in it or is stale, so nothing tells whether it ranks'],
])('says why the alignment of a reward is not known: %s', (_, reason) => {
  const unknown = { ...document.rewards['retriever'], pairs: 3, reason } as RunReport['rewards'][string];
  const withReason = { ...report, rewards: { ...report.rewards, retriever: unknown } };
  const shown = `not measured: ${reason.replace("component 'retriever': ", '')}`;
  expect(markdownReport(withReason)).toContain(`| retriever | ${shown} | 3 | no |`);
  expect(textReport(withReason, 300)).toContain(shown);
});

it('writes prompts as plain text', () => {
  expect(promptTexts(report.incumbent)).toBe(
    '=== answerer.prompt ===\n\nAnswer | now.\n\nExample 1\nquestion: Capital of Peru?\nanswer: Lima',
  );
});

it('shares the width among the columns that do not fit', () => {
  expect(columnWidths([5, 10], 80)).toEqual([7, 12]);
  const widths = columnWidths([5, 200, 200], 80);
  expect(widths.reduce((sum, width) => sum + width, 0) + 4).toBe(80);
  expect(widths[0]).toBe(7);
});
