/** Names of two configured models: one tuned to follow instructions, and a base model that continues text. */
export interface InstructAndBase {
  instruct: string;
  base: string;
}

/** Tells the two apart by their names. One model is both where there is no other. */
export function instructAndBase(models: readonly string[]): InstructAndBase {
  const instruct = models.find((name) => /instruct|chat|-it\b/i.test(name)) ?? models[0] ?? '';
  return { instruct, base: models.find((name) => name !== instruct) ?? instruct };
}
