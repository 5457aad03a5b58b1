import { integer, oneOf, prompt, range } from '../system/variable';
import type { Incumbent } from './proposal';
import { readOwnProposals } from './read-own-proposals';

const incumbent: Incumbent = {
  variables: {
    k: integer(1, 12, { when: { mode: 'deep' } }),
    mode: oneOf(['deep', 'flat']),
    share: range(0, 1),
    prompt: prompt('Answer on {topic}.', { placeholders: ['topic'], maxCharacters: 100 }),
  },
  settings: { k: 2, mode: 'deep', share: 0.5, prompt: { instructions: 'Answer on {topic}.', demonstrations: [] } },
};
const optimizer = { name: 'mine', kinds: ['integer', 'range', 'prompt'] } as const;
const read = (returned: unknown) => readOwnProposals(returned, { optimizer, component: 'answerer', incumbent });
const reasons = (returned: unknown): string[] => read(returned).rejected.map(({ reason }) => reason);
const at = "optimizer 'mine', component 'answerer'";
const instructed = (instructions: string) => ({ prompt: { instructions, demonstrations: [] } });

describe('readOwnProposals', () => {
  it('completes partial settings, and says whose they are', () => {
    const { proposals, rejected } = read([{ k: 5 }, { k: 7, share: 0.25 }, { k: 5 }]);
    expect(rejected).toEqual([]);
    expect(proposals.map(({ settings }) => settings)).toEqual([
      { ...incumbent.settings, k: 5 },
      { ...incumbent.settings, k: 7, share: 0.25 },
    ]);
    expect(proposals[0]).toMatchObject({
      ...{ origin: 'own', note: 'mine' },
      changed: [{ variable: 'k', kind: 'hyperparameter' }],
    });
  });

  it.each<[string, unknown, string]>([
    ['nothing', undefined, `${at}: it returned undefined; expected a list of settings, such as [{ variable: value }]`],
    [
      'one object',
      { k: 5 },
      `${at}: it returned an object; expected a list of settings, such as [{ variable: value }]`,
    ],
    ['a text', 'k = 5', `${at}: it returned a string; expected a list`],
    ['a value', [5], `${at}: proposal 1 is a number; expected an object with a value for each variable to change`],
    ['a list', [{ k: 5 }, [5]], `${at}: proposal 2 is a list; expected an object`],
    [
      'an unknown variable',
      [{ top: 5 }],
      `${at}: proposal 1 sets 'top', which the component does not have; expected some of k, mode, share, prompt`,
    ],
    [
      'a variable of another kind',
      [{ mode: 'flat' }],
      `${at}: proposal 1 sets 'mode' (oneOf), but the optimizer is for integer, range, prompt`,
    ],
    ['a value outside the space', [{ k: 13 }], `${at}: proposal 1: variable 'k' is 13; expected a number in 1..12`],
    ['NaN', [{ share: Number.NaN }], `${at}: proposal 1: variable 'share' is no JSON: NaN is not a JSON number`],
    ['no value', [{ share: undefined }], `${at}: proposal 1: variable 'share' is undefined; expected a value`],
    ['what is no JSON', [{ share: () => 1 }], `${at}: proposal 1: variable 'share' is no JSON`],
    [
      'a lost placeholder',
      [instructed('Answer.')],
      `${at}: proposal 1: variable 'prompt' lacks the placeholder {topic}`,
    ],
    [
      '200,000 characters',
      [instructed('x'.repeat(200_000))],
      `${at}: proposal 1: variable 'prompt' is longer than 100 characters`,
    ],
    ['the incumbent', [{ k: 2 }], `${at}: proposal 1 changes nothing`],
    ['no change', [{}], `${at}: proposal 1 changes nothing`],
  ])('rejects %s, and says why', (_, returned, reason) => {
    const { proposals, rejected } = read(returned);
    expect(rejected.map((item) => item.reason)).toEqual([expect.stringContaining(reason)]);
    expect(rejected[0]?.text.length).toBeLessThan(250);
    expect(proposals).toHaveLength(Array.isArray(returned) ? returned.length - 1 : 0);
  });

  it('takes values that cannot be shown, such as one that holds itself, as any other', () => {
    const circle: Record<string, unknown> = {};
    circle['share'] = circle;
    expect(reasons([circle])).toEqual([expect.stringContaining("variable 'share' is no JSON")]);
  });

  it('takes a change of a variable that does not matter now for none', () => {
    const flat = { ...incumbent, settings: { ...incumbent.settings, mode: 'flat' } };
    const { proposals } = readOwnProposals([{ k: 5 }], { optimizer, component: 'answerer', incumbent: flat });
    expect(proposals).toEqual([]);
  });

  it('reads a thousand proposals at most, and gives few of a thousand reasons', () => {
    const many = Array.from({ length: 1_500 }, () => ({ k: 99 }));
    const given = reasons(many);
    expect(given).toHaveLength(21);
    expect(given.at(-1)).toBe(`${at}: and 981 more were rejected`);
  });
});
