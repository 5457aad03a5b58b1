import worldCountries from 'world-countries';

/** One country's facts, in the words that passages and answers use. */
export interface Country {
  /** ISO 3166-1 alpha-3. */
  code: string;
  name: string;
  capital: string;
  currencies: readonly string[];
  languages: readonly string[];
  /** Names of the countries with a land border. */
  neighbours: readonly string[];
  /** The part of the world, for example 'Western Europe'. */
  region: string;
  /** Square kilometres; undefined where the data has none. */
  area: number | undefined;
}

/** The countries and territories that have one capital, at least one language and currency, and a region; by code. */
export const countries: readonly Country[] = loadCountries();

/** The data file that everything here is made from: part of the retriever's version. */
export const countriesFile = require.resolve('world-countries/countries.json');

function loadCountries(): Country[] {
  const names = new Map(worldCountries.map((item) => [item.cca3, item.name.common]));
  return worldCountries
    .map((item) => ({
      code: item.cca3,
      name: item.name.common,
      capital: item.capital.length === 1 ? (item.capital[0] ?? '') : '',
      currencies: Object.values(item.currencies).map((currency) => currency.name),
      languages: Object.values(item.languages),
      neighbours: item.borders.map((code) => names.get(code) ?? code).sort(byText),
      region: item.subregion === '' ? item.region : item.subregion,
      area: item.area > 0 ? item.area : undefined,
    }))
    .filter((item) => item.capital !== '' && item.currencies.length > 0 && item.languages.length > 0)
    .sort((a, b) => byText(a.code, b.code));
}

/** By code unit, so that the order is the same in every locale. */
function byText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
