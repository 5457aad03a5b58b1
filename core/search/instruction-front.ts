import { partHash, promptIn, promptStandings } from './prompt-standings';
import { paretoFront, type FrontMember } from './pareto-front';
import type { PastProposal } from './past-proposal';
import type { Incumbent } from './proposal';

/** Instructions on the front; scores are gains over the incumbent's on training examples. */
export type InstructionMember = FrontMember<{
  id: string;
  instructions: string;
  isIncumbent: boolean;
  scores: ReadonlyMap<string, number>;
}>;

/**
 * The Pareto front of a prompt's instructions over the training examples on which the global metric measured any of them:
 * those that are best on some, the incumbent's among the contenders. Only the incumbent's before anything was measured.
 */
export function instructionFront(
  past: readonly PastProposal[],
  incumbent: Incumbent,
  variable: string,
): InstructionMember[] {
  const measured = promptStandings(past, incumbent, variable, 'instructions').filter(
    ({ instances }) => instances.size > 0,
  );
  const instances = new Set(measured.flatMap((standing) => [...standing.instances.keys()]));
  const current = promptIn(incumbent.settings, variable);
  const own = { id: partHash(current, 'instructions'), instructions: current.instructions, isIncumbent: true };
  if (instances.size === 0) return [{ ...own, scores: new Map(), wins: [] }];
  return paretoFront([
    { ...own, scores: new Map([...instances].map((instance) => [instance, 0])) },
    ...measured.map((standing) => ({
      id: standing.part,
      instructions: promptIn(standing.settings, variable).instructions,
      isIncumbent: false,
      scores: standing.instances,
    })),
  ]);
}
