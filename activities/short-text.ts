/** Characters of a reason that are kept: enough to see what went wrong, few enough for payloads, prompts and reports. */
const reasonLength = 400;

/** The text, or its first `most` characters and how many follow: whatever user code throws has no bound. */
export function shortText(text: string, most = reasonLength): string {
  if (text.length <= most) return text;
  // A character of two code units is not cut in half.
  const kept = text.slice(0, most).replace(/[\uD800-\uDBFF]$/, '');
  return `${kept}... (${text.length - kept.length} characters more)`;
}
