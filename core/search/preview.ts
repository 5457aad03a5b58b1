/** The start of a text, for people. */
export function preview(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)} [...]` : text;
}
