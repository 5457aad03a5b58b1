import { EndpointEncoder } from './endpoint-encoder';

const described = { identity: 'https://models.example.com/v1', id: 'embed-1' };
const never = new AbortController().signal;

/** An endpoint in memory: vectors of four numbers that depend on the text. */
function account(options: { scope?: string; signal?: AbortSignal } = {}) {
  const asked: { texts: string[]; dimension: number | undefined; signal: AbortSignal }[] = [];
  return {
    asked,
    scope: '',
    signal: never,
    embed: async (texts: readonly string[], dimension: number | undefined, signal: AbortSignal) => {
      signal.throwIfAborted();
      asked.push({ texts: [...texts], dimension, signal });
      return texts.map((text) => [3, text.length, [...text].length, text.codePointAt(0) ?? 0]);
    },
    ...options,
  };
}
const textsOf = ({ asked }: ReturnType<typeof account>) => asked.map(({ texts }) => texts);

describe('EndpointEncoder', () => {
  it('learns the dimension from one word, and gives unit-length vectors in order', async () => {
    const first = account();
    const encoder = await new EndpointEncoder({ model: 'small' }, described).open(first);
    expect(encoder.dimension).toBe(4);
    const [lima, again, peru] = await encoder.encode(['lima', 'lima', 'Peru!']);
    for (const vector of [lima, peru]) expect(Math.hypot(...(vector as Float32Array))).toBeCloseTo(1, 6);
    expect(again).toEqual(lima);
    expect(peru).not.toEqual(lima);
    expect(textsOf(first)).toEqual([['dimension'], ['lima', 'Peru!']]);
    // So that an endpoint that now gives others is found out.
    expect(first.asked[1]?.dimension).toBe(4);
  });

  it('remembers texts for all runs of one scope in this process', async () => {
    const shared = new EndpointEncoder({ model: 'small' }, described);
    await (await shared.open(account())).encode(['lima']);
    const second = account();
    await (await shared.open(second)).encode(['lima', 'peru']);
    expect(textsOf(second)).toEqual([['peru']]);
    const fresh = account({ scope: 'run-2' });
    await (await shared.open(fresh)).encode(['lima']);
    expect(textsOf(fresh)).toEqual([['dimension'], ['lima']]);
  });

  it('sends the head and the tail of a long text', async () => {
    const first = account();
    const encoder = await new EndpointEncoder({ model: 'small' }, described).open(first);
    const long = `head ${'x'.repeat(100_000)} tail`;
    await encoder.encode([long]);
    const [sent = ''] = first.asked[1]?.texts ?? [];
    expect(sent).toHaveLength(2_700);
    expect(sent).toMatch(/^head x+ \.\.\. x+ tail$/);
    const second = account();
    await (await new EndpointEncoder({ model: 'small', maxCharacters: 100 }, described).open(second)).encode([long]);
    expect(second.asked[1]?.texts[0]).toHaveLength(100);
  });

  it('sends nothing that endpoints refuse: no blank text, no half character, not more tokens than OpenAI takes', async () => {
    const first = account();
    const encoder = await new EndpointEncoder({ model: 'small' }, described).open(first);
    const odd = ['', ' \n', '\ud800', '東京'.repeat(50_000), '🚀'.repeat(50_000), 'عاصمة بيرو'.repeat(10_000)];
    const vectors = await encoder.encode(odd);
    expect(vectors.slice(0, 2)).toEqual([new Float32Array(4), new Float32Array(4)]);
    for (const vector of vectors.slice(2)) expect(Math.hypot(...vector)).toBeCloseTo(1, 6);
    const sent = first.asked[1]?.texts ?? [];
    expect(sent).toHaveLength(4);
    for (const text of sent) {
      expect(text.trim()).not.toBe('');
      expect(text).not.toMatch(/\p{Surrogate}/u);
      expect(Buffer.byteLength(text)).toBeLessThanOrEqual(8_191);
    }
    expect(await encoder.encode([])).toEqual([]);
  });

  it('has an identity that follows endpoint, model and the bound, known without a call', () => {
    const identity = (setting: { model: string; maxCharacters?: number }, changes: Partial<typeof described> = {}) =>
      new EndpointEncoder(setting, { ...described, ...changes }).identity;
    const usual = identity({ model: 'small' });
    // Only a name of the config's.
    expect(identity({ model: 'renamed' })).toBe(usual);
    expect(identity({ model: 'small' }, { id: 'embed-2' })).not.toBe(usual);
    expect(identity({ model: 'small' }, { identity: 'other' })).not.toBe(usual);
    expect(identity({ model: 'small', maxCharacters: 100 })).not.toBe(usual);
  });

  it("ends with its account's signal, or with that of the call", async () => {
    const controller = new AbortController();
    const encoder = await new EndpointEncoder({ model: 'small' }, described).open(
      account({ signal: controller.signal }),
    );
    await expect(encoder.encode(['a'], AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
    controller.abort(new Error('paused'));
    await expect(encoder.encode(['a'])).rejects.toThrow('paused');
  });
});
