import { inTurn } from '../random/in-turn';
import type { RandomStream } from '../random/stream';
import type { Proposal } from './proposal';

/** Kinds of change in turn, in random order: were all proposals equally likely, the rare kinds (a model, say) would hardly be seen. */
export function eachKindInTurn(proposals: readonly Proposal[], stream: RandomStream): Proposal[] {
  const kinds = new Map<string, Proposal[]>();
  for (const proposal of stream.shuffle(proposals)) {
    const kind = proposal.changed.map((change) => `${change.variable}/${change.kind}`).join('+');
    kinds.set(kind, [...(kinds.get(kind) ?? []), proposal]);
  }
  return inTurn(stream.shuffle([...kinds.values()]));
}
