/** The reply so far, cut where it ends. */
export interface ReplyText {
  readonly text: string;
  /** True when a stop text was met: nothing more is to be generated. */
  readonly stopped: boolean;
}

/**
 * Cuts generated text at the first stop text, which is not part of the reply. With `singleLine` a newline after some
 * text ends the reply too; newlines before it are skipped.
 */
export function cutReply(generated: string, stops: readonly string[], singleLine: boolean): ReplyText {
  const start = singleLine ? generated.length - generated.trimStart().length : 0;
  const ends = (singleLine ? [...stops, '\n'] : stops)
    .map((stop) => generated.indexOf(stop, stop === '\n' ? start : 0))
    .filter((index) => index >= 0);
  if (ends.length === 0) return { text: generated.trim(), stopped: false };
  return { text: generated.slice(0, Math.min(...ends)).trim(), stopped: true };
}
