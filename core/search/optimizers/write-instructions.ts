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

/** What one prompt of the component is to be rewritten for. */
export interface PromptTask {
  variable: string;
  definition: PromptVariable;
  /** How many versions to ask for. */
  count: number;
}

/** A request to the proposer model, and how its proposals came about; undefined: there is nothing to ask. */
export type WrittenRequest = { messages: ChatMessage[]; note?: string } | undefined;

/**
 * Asks the proposer model about each prompt of the component, and reads what it replies: what cannot be tried is rejected
 * with a reason.
 */
export async function writeInstructions(
  context: OptimizerContext,
  origin: ProposalOrigin,
  request: (task: PromptTask) => WrittenRequest,
): Promise<Proposal[]> {
  const { incumbent, proposer, past, count } = context;
  if (proposer === undefined) return [];
  const prompts = promptVariables(incumbent);
  const written: Proposal[][] = [];
  for (const [variable, definition] of prompts) {
    const share = Math.min(mostAsked, Math.max(1, Math.ceil(count / prompts.length)));
    const room = replyRoom(promptIn(incumbent.settings, variable).instructions, share);
    const asked = request({ variable, definition, count: room.count });
    if (asked === undefined) continue;
    const reply = await proposer.ask(variable, asked.messages, room.maxTokens);
    if (reply === undefined) continue;
    const { proposals, rejected } = parseWrittenInstructions(reply, {
      incumbent,
      variable,
      origin,
      ...(asked.note !== undefined && { note: asked.note }),
      known: past.map(({ proposal }) => promptIn(proposal.settings, variable).instructions),
    });
    for (const item of rejected) context.reject(item);
    written.push(proposals);
  }
  return inTurn(written);
}
