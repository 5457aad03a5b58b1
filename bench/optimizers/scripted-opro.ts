import type { RandomStream } from '../../core/random/stream';
import { propose, type Incumbent, type Proposal } from '../../core/search/proposal';
import type { Json } from '../../core/system/json';
import type { PromptValue } from '../../core/system/variable';
import { directives } from '../../systems/synthetic/directives';

/**
 * A proposer that rewrites at random: the instructions' first sentence with some of the directives that components of the
 * synthetic systems may follow. It stands in for a language model's blind proposals: it knows what can be said, and not what
 * it is worth.
 */
export function scriptedInstructions(incumbent: Incumbent, count: number, stream: RandomStream): Proposal[] {
  const phrases = Object.values(directives).map(({ phrase }) => phrase);
  return Object.entries(incumbent.variables).flatMap(([variable, definition]) => {
    if (definition.type !== 'prompt') return [];
    const current = incumbent.settings[variable] as unknown as PromptValue;
    const opening = /^[^.!?]*[.!?]/.exec(current.instructions)?.[0] ?? current.instructions;
    return Array.from({ length: count }, () => {
      const said = stream.sample(phrases, stream.integer(phrases.length + 1));
      const value = { ...current, instructions: [opening, ...said].join(' ') } as unknown as Json;
      return propose(incumbent, { [variable]: value }, { origin: 'opro' });
    }).flatMap((proposal) => proposal ?? []);
  });
}
