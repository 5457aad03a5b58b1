import type { ChatMessage } from './chat-request';
import type { ChatStyle } from './embedded-model';

/** A stretch of prompt; only a `control` stretch may become special tokens, so that no text can forge a turn. */
export interface PromptPart {
  readonly text: string;
  readonly control: boolean;
}

const defaultSystem = 'You are a helpful AI assistant named SmolLM, trained by Hugging Face';

function chatMl(messages: readonly ChatMessage[]): PromptPart[] {
  const isSystem = (role: string) => role === 'system' || role === 'developer';
  const turns = isSystem(messages[0]!.role)
    ? messages
    : [{ role: 'system' as const, content: defaultSystem }, ...messages];
  const start = { text: '<|im_start|>', control: true };
  return [
    ...turns.flatMap(({ role, content }) => [
      start,
      { text: `${isSystem(role) ? 'system' : role}\n${content}`, control: false },
      { text: '<|im_end|>', control: true },
      { text: '\n', control: false },
    ]),
    start,
    { text: 'assistant\n', control: false },
  ];
}

/** The last line ends like "Answer:", so whatever follows is its value. */
const endsWithCue = /:[ \t]*$/;

/**
 * A base model continues text: system text, then questions and answers as paragraphs, the last answer left open.
 * A user message that does not end with a cue of its own ("Answer:") gets one, else the model would go on asking.
 */
function plainText(messages: readonly ChatMessage[]): PromptPart[] {
  let text = '';
  let open = false;
  for (const { role, content } of messages) {
    const trimmed = content.trim();
    if (trimmed === '') continue;
    if (role === 'assistant') {
      text += open ? ` ${trimmed}` : `${text === '' ? '' : '\n\n'}${trimmed}`;
      open = false;
      continue;
    }
    text += `${text === '' ? '' : '\n\n'}${trimmed}`;
    open = role === 'user';
    if (open && !endsWithCue.test(trimmed)) text += '\nAnswer:';
  }
  if (!open) text += `${text === '' ? '' : '\n\n'}Answer:`;
  return [{ text, control: false }];
}

/** Renders a chat as the prompt that a model of this style continues with its reply. */
export function renderChat(messages: readonly ChatMessage[], style: ChatStyle): PromptPart[] {
  return style === 'chatml' ? chatMl(messages) : plainText(messages);
}
