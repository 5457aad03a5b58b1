import { defaultPlan } from '../../core/run/plan';
import type { Budget } from '../../core/run/budget';
import type { SetBudgetCommand } from '../../workflows/messages';
import type { Progress } from '../../workflows/progress';
import { earlierRun, resumeRun, type Wanted } from './earlier-run';
import type { OpenRun } from './open-runs';

const run = { runId: 'first', system: 'qa', seed: 0, definitionHash: 'same', plan: { ...defaultPlan, iterations: 10 } };
const wanted: Wanted = { system: 'qa', seed: 0, definitionHash: 'same', plan: {}, fresh: false };

function choice(differs: Partial<Wanted>, runs: OpenRun[] = [run]): { runId: string | undefined; notes: string } {
  const notes: string[] = [];
  const runId = earlierRun(runs, { ...wanted, ...differs }, (line) => notes.push(line));
  return { runId, notes: notes.join('\n') };
}

describe('earlierRun', () => {
  it('is the newest open run of system, seed and definition', () => {
    expect(choice({})).toEqual({ runId: 'first', notes: '' });
    expect(choice({}, [{ ...run, runId: 'newer' }, run]).runId).toBe('newer');
    expect(choice({ seed: 1 })).toEqual({ runId: undefined, notes: '' });
    expect(choice({ system: 'other' })).toEqual({ runId: undefined, notes: '' });
    const other = choice({ definitionHash: 'changed' });
    expect(other).toEqual({ runId: undefined, notes: expect.stringContaining('another definition of the system') });
  });

  it('is none with --fresh', () => {
    expect(choice({ fresh: true })).toEqual({
      runId: undefined,
      notes: expect.stringMatching(/first has not ended, but --fresh asks for a new one.*optimas cancel first --now/),
    });
  });

  it('is none whose plan differs from the options, and says how', () => {
    expect(choice({ plan: { iterations: 10 } }).runId).toBe('first');
    expect(choice({ plan: { iterations: 20, alpha: 0.1 } })).toEqual({
      runId: undefined,
      notes: expect.stringContaining('its plan has iterations 10 instead of 20, alpha 0.05 instead of 0.1'),
    });
    const named = { ...run, plan: { ...run.plan, optimizers: ['opro', 'edits'] } };
    expect(choice({ plan: { optimizers: ['opro', 'edits'] } }, [named]).runId).toBe('first');
    expect(choice({ plan: { optimizers: ['opro'] } }, [named]).notes).toContain(
      'optimizers opro,edits instead of opro',
    );
    const fitting = { ...run, runId: 'older', plan: { ...run.plan, iterations: 20 } };
    expect(choice({ plan: { iterations: 20 } }, [run, fitting]).runId).toBe('older');
  });
});

describe('resumeRun', () => {
  async function budgetAfter(options: Parameters<typeof resumeRun>[2]): Promise<{ budget: Budget; steps: string[] }> {
    const steps: string[] = [];
    let budget: Budget = { calls: 100, usd: 2 };
    const progress = (): Progress => ({ budget }) as Progress;
    await resumeRun(
      {
        progress: async () => progress(),
        setBudget: async (_runId: string, command: SetBudgetCommand) => {
          steps.push('setBudget');
          budget = command.budget;
          return progress();
        },
        resume: async () => {
          steps.push('resume');
          return progress();
        },
      },
      'first',
      options,
    );
    return { budget, steps };
  }

  it('keeps the limits that are not given', async () => {
    expect(await budgetAfter({ maxTokens: 50, maxUsd: 3 })).toEqual({
      budget: { calls: 100, usd: 3, tokens: 50 },
      steps: ['setBudget', 'resume'],
    });
    expect(await budgetAfter({})).toEqual({ budget: { calls: 100, usd: 2 }, steps: ['resume'] });
  });
});
