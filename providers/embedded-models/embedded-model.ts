/** How a chat becomes the text a model continues: ChatML for an instruction-tuned model, plain text for a base model. */
export type ChatStyle = 'chatml' | 'plain';

/** A language model that the embedded server offers. */
export interface EmbeddedModel {
  /** The name used in requests and configurations. */
  readonly name: string;
  /** File of the model, relative to the folder of models. */
  readonly file: string;
  readonly chatStyle: ChatStyle;
}

export const smolLM2: EmbeddedModel = {
  name: 'smollm2-135m-instruct',
  file: 'smollm2-135m-instruct-q4_1.gguf',
  chatStyle: 'chatml',
};

export const gemma3: EmbeddedModel = { name: 'gemma-3-270m', file: 'gemma-3-270m-q4_k_m.gguf', chatStyle: 'plain' };

/** Every model the embedded server offers, the instruction-tuned one first. */
export const embeddedModels: readonly EmbeddedModel[] = [smolLM2, gemma3];
