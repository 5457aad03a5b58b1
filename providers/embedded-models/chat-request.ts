import { z } from 'zod';

const textPart = z.object({ type: z.literal('text'), text: z.string() });

const message = z.object({
  role: z.enum(['system', 'developer', 'user', 'assistant']),
  content: z.union([z.string(), z.array(textPart).transform((parts) => parts.map(({ text }) => text).join(''))]),
});

/** The part of OpenAI's chat completion request that the embedded server honours; other fields are ignored. */
export const chatRequestSchema = z.object({
  model: z.string(),
  messages: z.array(message).min(1),
  max_tokens: z.number().int().min(1).nullish(),
  max_completion_tokens: z.number().int().min(1).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  seed: z.number().int().nullish(),
  stop: z.union([z.string().min(1), z.array(z.string().min(1)).max(16)]).nullish(),
  n: z
    .literal(1, { error: 'the embedded models give one choice per request: send n requests with different seeds' })
    .nullish(),
  stream: z.literal(false, { error: 'the embedded models do not stream: leave stream out' }).nullish(),
});

/** A validated chat completion request. */
export type ChatRequest = z.infer<typeof chatRequestSchema>;
export type ChatMessage = ChatRequest['messages'][number];
