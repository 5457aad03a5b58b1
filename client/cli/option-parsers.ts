import { InvalidArgumentError } from 'commander';

/** Parsers of option values; commander shows their messages beside the option's name. */

export function wholeNumber(least: number, most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (!/^\d+$/.test(text.trim()) || value < least || value > most) {
      throw new InvalidArgumentError(
        `It must be a whole number ${most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`}.`,
      );
    }
    return value;
  };
}

export function numberFrom(least: number, most = Infinity): (text: string) => number {
  return (text) => {
    const value = text.trim() === '' ? NaN : Number(text);
    if (!Number.isFinite(value) || value < least || value > most) {
      throw new InvalidArgumentError(
        `It must be a number ${most === Infinity ? `of at least ${least}` : `from ${least} to ${most}`}.`,
      );
    }
    return value;
  };
}

/** `all`, or a list of names with commas between; the config says which are known. */
export function allOrNames(text: string): 'all' | string[] {
  const names = namesIn(text);
  if (names.length === 0) throw new InvalidArgumentError('It must be all, or names with commas between.');
  return names.length === 1 && names[0] === 'all' ? 'all' : names;
}

/** A list of known names with commas between, each once. */
export function namesAmong<T extends string>(known: readonly T[]): (text: string) => T[] {
  return (text) => {
    const names = new Set(namesIn(text));
    if (names.size === 0 || [...names].some((name) => !known.some((one) => one === name))) {
      throw new InvalidArgumentError(`It must be names with commas between, of these: ${known.join(', ')}.`);
    }
    return known.filter((name) => names.has(name));
  };
}

/** The names of a list with commas between; a comma too many does no harm. */
function namesIn(text: string): string[] {
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

export function onOrOff(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('It must be on or off.');
  return text === 'on';
}

export const portNumber = wholeNumber(1, 65_535);
