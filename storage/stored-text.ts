/** Text of people and models as a column can hold it: PostgreSQL takes no NUL character. Undefined becomes null. */
export function storedText(text: string | undefined): string | null {
  return text?.replaceAll('\0', '\uFFFD') ?? null;
}
