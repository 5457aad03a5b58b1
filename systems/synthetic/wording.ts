import type { RandomStream } from '../../core/random/stream';
import { names, preciseVerbs, vagueVerbs } from './vocabulary';

/** The two ways in which a clause can be good: a precise verb, and the name that the task gives for the facet. */
export const attributes = ['wording', 'grounding'] as const;
export type Attribute = (typeof attributes)[number];

/** Whether the clause about one facet is good, by attribute. */
export type Clause = Record<Attribute, boolean>;

/** What the task asks for: one facet, and whom it concerns. */
export interface Request {
  facet: string;
  name: string;
}

/** The task that was read last: a run of a system reads the same one again and again. */
let lastRead: { task: string; requests: readonly Request[] } = { task: '', requests: [] };

/** The requests of a task, in its order. */
export function readTask(task: string): readonly Request[] {
  if (lastRead.task !== task) {
    const requests = [...task.matchAll(/the (\w+) for (\w+)/g)];
    lastRead = { task, requests: requests.map(([, facet = '', name = '']) => ({ facet, name })) };
  }
  return lastRead.requests;
}

/** The grades of a text's clauses, in the order of the task's requests; a request that the text passes over is bad in both. */
export function readText(text: string, task: string): Clause[] {
  const clauses = new Map(
    [...text.matchAll(/(\w+) the (\w+) for (\w+)/g)].map(([, verb = '', facet = '', name = '']) => [
      facet,
      { verb, name },
    ]),
  );
  return readTask(task).map(({ facet, name }) => {
    const clause = clauses.get(facet);
    return { wording: preciseVerbs.includes(clause?.verb ?? ''), grounding: clause?.name === name };
  });
}

/** Text with the given grades; `random` picks among equally good words. */
export function writeText(noun: string, task: string, clauses: readonly Clause[], random: RandomStream): string {
  const requests = readTask(task);
  const asked = requests.map((request) => request.name);
  const pool = Object.values(names).find((list) => list.includes(asked[0] ?? '')) ?? names.train;
  const others = pool.filter((name) => !asked.includes(name));
  return requests
    .map(({ facet, name }, index) => {
      const verb = random.choice(clauses[index]?.wording ? preciseVerbs : vagueVerbs);
      const subject = random.choice(clauses[index]?.grounding ? [name] : others);
      return `The ${noun} ${verb} the ${facet} for ${subject}.`;
    })
    .join(' ');
}
