/** The first line of a reply, without spaces around it: endpoints that ignore `stop` may write on. */
export function firstLine(text: string): string {
  return text.trim().split('\n', 1)[0]?.trim() ?? '';
}
