import { integer, model, oneOf, prompt } from '../system/variable';
import { modelProposals } from './model-proposals';
import { distinctProposals, promptOf, propose, type Incumbent } from './proposal';

const incumbent: Incumbent = {
  variables: {
    prompt: prompt('Do it.', { demonstrations: { max: 2 } }),
    k: integer(1, 5),
    model: model(['s', 'm', 'l']),
  },
  settings: { prompt: { instructions: 'Do it.', demonstrations: [] }, k: 3, model: 's' },
};

describe('propose', () => {
  it('carries the whole settings and says what changed, a prompt by its parts', () => {
    const demonstrations = [{ inputs: { a: 1 }, outputs: { b: 2 } }];
    const proposal = propose(
      incumbent,
      { prompt: { instructions: 'Do that.', demonstrations }, k: 4 },
      { origin: 'combination', note: 'both' },
    );
    expect(proposal).toEqual({
      settings: { prompt: { instructions: 'Do that.', demonstrations }, k: 4, model: 's' },
      origin: 'combination',
      changed: [
        { variable: 'prompt', kind: 'instructions' },
        { variable: 'prompt', kind: 'demonstrations' },
        { variable: 'k', kind: 'hyperparameter' },
      ],
      note: 'both',
    });
    expect(incumbent.settings['k']).toBe(3);
  });

  it('makes nothing of a no-op', () => {
    expect(propose(incumbent, { k: 3 }, { origin: 'grid' })).toBeUndefined();
  });
});

describe('distinctProposals', () => {
  it('drops repeats, no-ops and settings outside the space', () => {
    const four = propose(incumbent, { k: 4 }, { origin: 'grid' });
    const again = propose(incumbent, { k: 4 }, { origin: 'tpe' });
    const outside = propose(incumbent, { k: 9 }, { origin: 'grid' });
    expect(distinctProposals(incumbent, [four, undefined, again, outside])).toEqual([four]);
  });

  it('tells proposals apart by what they change elsewhere', () => {
    const alone = propose(incumbent, { k: 4 }, { origin: 'grid' })!;
    const wider = { ...alone, elsewhere: { writer: { k: 1 } } };
    const other = { ...alone, elsewhere: { writer: { k: 2 } } };
    expect(distinctProposals(incumbent, [alone, wider, { ...wider }, other])).toEqual([alone, wider, other]);
  });
});

describe('promptOf', () => {
  it('names the prompts there are when asked for another', () => {
    expect(() => promptOf(incumbent, 'k')).toThrow("'k' is not a prompt variable; the component's prompts are: prompt");
  });
});

describe('modelProposals', () => {
  it('proposes every other model of every model variable, one change at a time', () => {
    const two: Incumbent = {
      variables: { ...incumbent.variables, judge: model(['x', 'y']), mode: oneOf(['a', 'b']) },
      settings: { ...incumbent.settings, judge: 'x', mode: 'a' },
    };
    expect(modelProposals(two).map((item) => [item.settings['model'], item.settings['judge'], item.changed])).toEqual([
      ['m', 'x', [{ variable: 'model', kind: 'model' }]],
      ['l', 'x', [{ variable: 'model', kind: 'model' }]],
      ['s', 'y', [{ variable: 'judge', kind: 'model' }]],
    ]);
    expect(modelProposals({ variables: { k: integer(1, 2) }, settings: { k: 1 } })).toEqual([]);
  });
});
