import { inTurn } from '../../random/in-turn';
import type { ChatMessage } from '../../system/run-context';
import type { PromptVariable } from '../../system/variable';
import type { OptimizerContext } from '../component-optimizer';
import { promptIn, promptVariables } from '../prompt-standings';
import type { Proposal, ProposalOrigin } from '../proposal';
import { replyRoom } from '../reply-room';
import { parseWrittenInstructions } from '../written-instructions';

/** Most versions that a proposer is asked for at once: one reply must hold them all. */
const mostAsked = 8;

/** A prompt of the component that is to be rewritten. */
export interface PromptTask {
  variable: string;
  definition: PromptVariable;
}

/** A request to the proposer model. */
export interface WrittenRequest {
  /** The instructions that new versions are made from. */
  rewritten: string[];
  /** Asks for so many versions. */
  messages(count: number): ChatMessage[];
  /** How its proposals came about. */
  note?: string;
}

/**
 * Asks the proposer model about each prompt of the component, and reads what it replies: what cannot be tried is rejected
 * with a reason.
 */
export async function writeInstructions(
  context: OptimizerContext,
  origin: ProposalOrigin,
  request: (task: PromptTask) => WrittenRequest | undefined,
): Promise<Proposal[]> {
  const { incumbent, proposer, past, count } = context;
  if (proposer === undefined) return [];
  const prompts = promptVariables(incumbent);
  const written: Proposal[][] = [];
  for (const [variable, definition] of prompts) {
    const share = Math.min(mostAsked, Math.max(1, Math.ceil(count / prompts.length)));
    const asked = request({ variable, definition });
    if (asked === undefined) continue;
    const { rewritten } = asked;
    const room = replyRoom({ rewritten, maxCharacters: definition.maxCharacters, wanted: share });
    const reply = await proposer.ask(variable, asked.messages(room.count), room.maxTokens);
    if (reply === undefined) continue;
    const { proposals, rejected } = parseWrittenInstructions(reply, {
      incumbent,
      variable,
      origin,
      ...(asked.note !== undefined && { note: asked.note }),
      known: past
        .flatMap((item) => [item.incumbent, item.proposal.settings])
        .map((settings) => promptIn(settings, variable).instructions),
    });
    for (const item of rejected) context.reject(item);
    written.push(proposals);
  }
  return inTurn(written);
}
