import { defaultPlan } from '../../core/run/plan';
import { DefinitionError } from '../../core/system/definition-error';
import { budgetOf, checkBudget, checkPlan, planOf } from './check-run-settings';
import { defineConfig } from './define-config';

describe('a plan and a budget', () => {
  it('take the config where the run says nothing', () => {
    expect(planOf(undefined, undefined)).toEqual(defaultPlan);
    const plan = planOf({ iterations: 20, proposals: 5 }, { proposals: 7 });
    expect(plan).toEqual({ ...defaultPlan, iterations: 20, proposals: 7 });
    expect(budgetOf({ calls: 10, usd: 1 }, { calls: 20 })).toEqual({ calls: 20, usd: 1 });
    expect(budgetOf({ calls: 10, usd: 1 }, { calls: Infinity })).toEqual({ usd: 1 });
  });

  it('have no more finalists than the shortlist that they come from', () => {
    expect(() => planOf({ shortlist: 4 }, { finalists: 5 })).toThrow(
      'the plan has 5 finalists, but they come from a shortlist of 4: raise shortlist or lower finalists',
    );
    expect(planOf({ shortlist: 4 }, { finalists: 4 })).toMatchObject({ shortlist: 4, finalists: 4 });
  });

  it('expect no worthwhile gain without the data that tells of it', () => {
    expect(() => planOf({ rewards: false }, { worthwhileGain: 0.02 })).toThrow(
      'the plan has worthwhileGain 0.02 without rewards: expected gains come from the preference data',
    );
    expect(planOf({ worthwhileGain: 0.02 }, { rewards: false, worthwhileGain: 0 })).toMatchObject({ rewards: false });
    expect(planOf({ worthwhileGain: 0.02 }, {})).toMatchObject({ worthwhileGain: 0.02 });
  });

  it('accept the defaults and the limits of every range', () => {
    expect(() => checkPlan('plan', defaultPlan)).not.toThrow();
    expect(() =>
      checkPlan('plan', { iterations: 0, alpha: 0.5, minimumEffect: 1, samplingTemperature: 0 }),
    ).not.toThrow();
    expect(() => checkPlan('plan', { optimizers: ['opro', 'models'], promptTrustRegion: 0 })).not.toThrow();
    expect(() => checkBudget('budget', { calls: 0, wallClockMs: 1.5 })).not.toThrow();
  });

  it.each([
    [{ iterations: 2.5 }, 'plan.iterations must be a whole number of at least 0, not 2.5'],
    [{ patience: 0 }, 'plan.patience must be a whole number of at least 1, not 0'],
    [{ finalists: -1 }, 'plan.finalists must be a whole number of at least 1, not -1'],
    [{ proposals: '8' }, "plan.proposals must be a whole number of at least 1, not '8'"],
    [{ alpha: 7 }, 'plan.alpha must be a number above 0, at most 0.5, not 7'],
    [{ alpha: 0 }, 'plan.alpha must be a number above 0, at most 0.5, not 0'],
    [{ minimumEffect: Number.NaN }, 'plan.minimumEffect must be a number from 0 to 1, not NaN'],
    [
      { schedule: 'random' },
      "plan.schedule must be one of uniform, softmax, gain-per-cost, cheapest-first, not 'random'",
    ],
    [{ optimizers: ['opro', 'guess'] }, "plan.optimizers must be 'all', or a list of some of opro, reflection, merge"],
    [{ optimizers: [] }, "plan.optimizers must be 'all', or a list of some of"],
    [{ promptTrustRegion: 1.5 }, 'plan.promptTrustRegion must be a number from 0 to 1, not 1.5'],
    [{ jointMoves: 'on' }, "plan.jointMoves must be true or false, not 'on'"],
    [{ worthwhileGain: -0.1 }, 'plan.worthwhileGain must be a finite number of at least 0, not -0.1'],
    [{ iteration: 3 }, "plan has no setting 'iteration'; did you mean 'iterations'?"],
    [[], 'plan must be an object with some of iterations, preferenceInputs'],
  ])('refuse %j', (plan, message) => {
    const check = () => checkPlan('plan', plan);
    expect(check).toThrow(DefinitionError);
    expect(check).toThrow(message);
  });
});

describe('defineConfig', () => {
  it.each([
    [{ optimisation: {} }, "config: there is no setting 'optimisation'; did you mean 'optimization'?"],
    [{ optimization: { alpha: 7 } }, 'config: optimization.alpha must be'],
    [
      { optimization: { validationExample: 7 } },
      "config: optimization has no setting 'validationExample'; did you mean",
    ],
    [{ budget: { call: 7 } }, "config: budget has no setting 'call'; did you mean 'calls'?"],
    [{ budget: { usd: -1 } }, 'config: budget.usd must be a number of at least 0, not -1'],
    [{ budget: { pauseAt: 80 } }, 'config: budget.pauseAt must be a share between 0 and 1, such as 0.8, not 80'],
    [{ priority: 9 }, 'config: priority must be a whole number from 1 (first) to 5 (last)'],
    [{ temporal: { adress: 'localhost:7233' } }, "config: temporal has no setting 'adress'; did you mean 'address'?"],
    [{ temporal: { namespace: '' } }, "config: temporal.namespace must be a non-empty text, not ''"],
    [{ proposer: 3 }, 'config: proposer must be a non-empty text'],
  ])('refuses %j', (mistake, message) => {
    const define = () => defineConfig({ systems: () => [], ...mistake } as never);
    expect(define).toThrow(DefinitionError);
    expect(define).toThrow(message);
  });
});

describe('optimizers that a plan names', () => {
  it("may be the product's and the config's own, and no others", () => {
    const optimizers = ['mine', 'edits'];
    expect(planOf(undefined, { optimizers }, [{ name: 'mine' }]).optimizers).toEqual(optimizers);
    expect(() => planOf(undefined, { optimizers })).toThrow(
      /plan\.optimizers must be 'all', or a list of some of opro/,
    );
    expect(() => planOf(undefined, { optimizers: ['guess'] }, [{ name: 'mine' }])).toThrow(/, mine, not/);
  });
});

describe('prices in score', () => {
  it.each([-1, Infinity, '2'])('are finite numbers of at least 0, not %p', (scorePerUsd) => {
    expect(() => checkPlan('plan', { scorePerUsd })).toThrow('plan.scorePerUsd must be a finite number of at least 0');
  });
});
