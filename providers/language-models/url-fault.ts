/** What is wrong with `text` as the base URL of an API, continuing a sentence; undefined when it is fine. */
export function urlFault(text: string): string | undefined {
  if (!URL.canParse(text)) return `must be an http(s) URL such as 'http://127.0.0.1:8080/v1'`;
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') {
    return `must start with http:// or https://, not ${url.protocol}//`;
  }
  // Neither is quoted: both places are where people put keys.
  if (url.username || url.password) return `must not carry a user or password: put the key in apiKey or headers`;
  if (url.search || url.hash) return `must end with its path (no '?' or '#'): put a key in apiKey or headers`;
  return undefined;
}
