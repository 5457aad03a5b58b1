import type { RandomStream } from '../../core/random/stream';
import type { PastProposal } from '../../core/search/past-proposal';
import { asSetting, promptIn, promptStandings, promptVariables } from '../../core/search/prompt-standings';
import { propose, type Incumbent, type Proposal } from '../../core/search/proposal';
import { directives } from '../../systems/synthetic/directives';

const phrases: readonly string[] = Object.values(directives).map(({ phrase }) => phrase);
/** Of the best instructions so far, how many new ones are written from. */
const bestRead = 4;
/** Chance that a new text says, or leaves out, what the one that it is written from does not. */
const changeRate = 0.25;

/**
 * OPRO without a language model: of the instructions tried so far, with their scores, it takes up the best and writes new ones that say a
 * bit more or less, or what two of them say. It knows what can be said (the directives that components may follow), and what that is worth
 * only from the scores, as a model does that reads OPRO's prompt.
 */
export function scriptedOpro(
  incumbent: Incumbent,
  past: readonly PastProposal[],
  count: number,
  stream: RandomStream,
): Proposal[] {
  return promptVariables(incumbent).flatMap(([variable]) => {
    const current = promptIn(incumbent.settings, variable);
    const opening = /^[^.!?]*[.!?]/.exec(current.instructions)?.[0] ?? current.instructions;
    const scored = promptStandings(past, incumbent, variable, 'instructions').map(({ settings, gain }) => ({
      text: promptIn(settings, variable).instructions,
      gain,
    }));
    const best = [{ text: current.instructions, gain: 0 }, ...scored]
      .toSorted((a, b) => b.gain - a.gain)
      .slice(0, bestRead)
      .map(({ text }) => new Set(phrases.filter((phrase) => text.includes(phrase))));
    const drawn = (): ReadonlySet<string> => best[stream.integer(best.length)] as ReadonlySet<string>;
    return Array.from({ length: count }, () => {
      const [one, other] = [drawn(), drawn()];
      const said = phrases.filter((phrase) => {
        const from = stream.uniform() < 0.5 ? one : other;
        return stream.uniform() < changeRate ? !from.has(phrase) : from.has(phrase);
      });
      const value = { ...current, instructions: [opening, ...said].join(' ') };
      return propose(incumbent, { [variable]: asSetting(value) }, { origin: 'opro' });
    }).flatMap((proposal) => proposal ?? []);
  });
}
