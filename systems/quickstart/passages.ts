import { countries, type Country } from './countries';

const listed = 3;

/** The texts that the retriever searches: one short passage per country, in the order of `countries`. */
export const passages: readonly string[] = countries.map(passageOf);

/** A country's facts in plain sentences, about 40 tokens. */
export function passageOf(country: Country): string {
  const { name, region, currencies, languages } = country;
  const capital = country.capital.replace(/\.$/, '');
  return [
    `${name} is in ${region}.`,
    `The capital of ${name} is ${capital}.`,
    `Its currency is the ${listText(currencies.slice(0, listed))}.`,
    `People speak ${listText(languages.slice(0, listed))}.`,
    ...borderSentence(country),
    ...(country.area === undefined ? [] : [`Its area is ${areaNumber(country.area)} square km.`]),
  ].join(' ');
}

/** `543,940` */
export function areaNumber(area: number): string {
  return area.toLocaleString('en-US');
}

/** `a`, `a and b`, `a, b and c` */
export function listText(items: readonly string[]): string {
  if (items.length < 2) return items.join('');
  return `${items.slice(0, -1).join(', ')} and ${items.at(-1)}`;
}

function borderSentence({ neighbours }: Country): string[] {
  if (neighbours.length === 0) return [];
  const more = neighbours.length - listed;
  if (more <= 0) return [`It borders ${listText(neighbours)}.`];
  return [`It borders ${neighbours.slice(0, listed).join(', ')} and ${more} more.`];
}
