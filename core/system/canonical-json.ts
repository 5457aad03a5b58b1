import { createHash } from 'node:crypto';

/**
 * JSON with object keys sorted and `undefined` members dropped, so that equal values give equal text.
 *
 * @throws TypeError for a number that JSON cannot carry (NaN, infinities) and for functions, symbols and bigints.
 */
export function canonicalJson(value: unknown): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new TypeError(`canonicalJson: ${value} is not a JSON number`);
    return JSON.stringify(value);
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object') {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
      .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`);
    return `{${members.join(',')}}`;
  }
  throw new TypeError(`canonicalJson: a ${typeof value} is not JSON`);
}

/** Lower-case hexadecimal SHA-256 of text (UTF-8) or bytes. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** The content hash of a JSON value: SHA-256 of its canonical text. */
export function contentHash(value: unknown): string {
  return sha256(canonicalJson(value));
}

/** Deeper than any sensible value; one that holds itself is deeper. */
const deepest = 200;

/** What keeps a value from being JSON, in words, with the place of it; undefined: nothing does. */
export function jsonFault(value: unknown, path: readonly string[] = []): string | undefined {
  const at = path.length === 0 ? '' : `${path.slice(0, 5).join('.')}: `;
  if (path.length > deepest) return `${at}nested too deeply, or holding itself`;
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number') return Number.isFinite(value) ? undefined : `${at}${value} is not a JSON number`;
  if (typeof value !== 'object') return `${at}${value === undefined ? 'undefined' : `a ${typeof value}`} is not JSON`;
  for (const [key, member] of Object.entries(value)) {
    const fault = member === undefined ? undefined : jsonFault(member, [...path, key]);
    if (fault !== undefined) return fault;
  }
  return undefined;
}
