import type { Json } from '../system/json';

/** A field's value as text for encoders and overlap: lists one item a line, objects one `key: value` a line. */
export function fieldText(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return value.map(fieldText).join('\n');
  if (typeof value === 'object') {
    return Object.keys(value)
      .sort()
      .map((key) => `${key}: ${fieldText(value[key])}`)
      .join('\n');
  }
  return String(value);
}
