import { initialConfiguration } from '../../core/system/configuration';
import { directCaller } from '../../core/system/direct-caller';
import type { Draw } from '../../core/system/draw';
import { runExample, scoreTrace } from '../../core/system/interpreter';
import { chain, conditional, fork, interaction } from '../../systems/synthetic';
import { SimulatedSystem } from './simulated-system';

const examples = { train: 3, validation: 1, test: 1 };

describe('SimulatedSystem', () => {
  it.each([chain, fork, conditional, interaction])('runs as the interpreter does: %p', async (make) => {
    const { system, examples: data } = make({ seed: 3, examples });
    const configuration = initialConfiguration(system);
    const caller = directCaller();
    const { signal } = new AbortController();
    const simulated = new SimulatedSystem(system);
    for (const [index, example] of data.train.entries()) {
      const draw: Draw = { runSeed: 3, purpose: 'validation', iteration: 2, exampleId: example.id, index };
      const trace = await runExample({ system, configuration, example, draw, caller, signal });
      const { usage: _, ...score } = await scoreTrace(trace, { system, example, draw, caller, signal });
      const run = simulated.run(configuration, example, draw, 'validation');
      expect(run.score).toEqual(score);
      for (const [name, { outcome, inputs }] of Object.entries(trace.components)) {
        expect(run.trace.components[name]).toMatchObject({
          outcome,
          ...(outcome.status === 'skipped' ? {} : { inputs }),
        });
      }
    }
  });

  it('counts calls that are made, by what they are for; the memo answers for nothing', () => {
    const { system, examples: data } = chain({ examples });
    const simulated = new SimulatedSystem(system);
    const [example] = data.train;
    const draw: Draw = { runSeed: 0, purpose: 'validation', iteration: 0, exampleId: 'a', index: 0 };
    const configuration = initialConfiguration(system);
    if (example === undefined) throw new Error('no example');
    const first = simulated.run(configuration, example, draw, 'validation');
    simulated.run(configuration, example, draw, 'ranking');
    expect(simulated.made).toBe(4);
    const { outcome } = first.trace.components['drafter'] ?? {};
    if (outcome === undefined) throw new Error('no draft');
    simulated.run(configuration, example, { ...draw, index: 1 }, 'ranking', {
      outliner: first.trace.components['outliner']?.outcome ?? outcome,
      drafter: outcome,
    });
    expect(Object.fromEntries(simulated.calls)).toEqual({ validation: 4, ranking: 2 });
  });
});
