import { randomStream, type RandomStream } from '../../core/random/stream';
import type { Dataset } from '../../core/system/system';
import { countries, type Country } from './countries';
import { areaNumber, listText } from './passages';

export type Attribute = 'capital' | 'currency' | 'languages' | 'neighbours' | 'region' | 'area';

/** A question with what the metric and the tests need beside its text. */
export type Question = {
  /** `country-attribute-hops`: the same for a given seed and data, whatever the sizes of the splits. */
  id: string;
  question: string;
  answer: string;
  country: string;
  attribute: Attribute;
  /** 1: the question names the country. 2: it names the country by another of its facts. */
  hops: 1 | 2;
};

/** Questions per split. */
export const sizes = { train: 120, validation: 150, test: 80 } as const;

/** The questions are the same in every run: a run's seed decides what is drawn from them. */
const dataSeed = 20250301;

/** `{x}` stands for the country. */
const templates: Record<Attribute, readonly string[]> = {
  capital: ['What is the capital of {x}?', 'Which city is the capital of {x}?'],
  currency: ['What currency is used in {x}?', 'Which currency do people pay with in {x}?'],
  languages: ['Which languages are spoken in {x}?', 'What do people speak in {x}?'],
  neighbours: ['Which countries border {x}?', 'What are the neighbours of {x}?'],
  region: ['Which part of the world is {x} in?', 'In which region is {x}?'],
  area: ['What is the area of {x} in square kilometres?', 'How many square kilometres is {x}?'],
};

/** Ways to name a country by a fact that is its own. */
const bridges: Partial<Record<Attribute, string>> = {
  capital: 'the country whose capital is {fact}',
  currency: 'the country where people pay with the {fact}',
};

const uses = (pick: (country: Country) => readonly string[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const value of countries.flatMap(pick)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return counts;
};
const capitalUses = uses((country) => [country.capital]);
const currencyUses = uses((country) => country.currencies);

/** The three splits. All countries of a question, those in its answer too, are in one of them: test facts are unseen. */
export function questionDataset(): Dataset<Question> {
  const order = randomStream(dataSeed, 'quickstart', 'splits').shuffle(
    countries.filter((country) => bridgesOf(country).length > 0),
  );
  const splits = { train: [] as Question[], validation: [] as Question[], test: [] as Question[] };
  for (const questions of inseparable(order)) {
    const split = (['train', 'validation', 'test'] as const).find(
      (name) => splits[name].length + questions.length <= sizes[name],
    );
    if (split !== undefined) splits[split].push(...questions);
  }
  return splits;
}

/** The questions about the countries of `order`, in that order; those that share a country come together. */
function inseparable(order: readonly Country[]): Question[][] {
  const groupOf = new Map<string, { questions: Question[] }>();
  for (const country of order) {
    const questions = questionsAbout(country);
    const bordering = questions.some(({ attribute }) => attribute === 'neighbours') ? country.neighbours : [];
    const group = { questions };
    const joined = new Set([country.name, ...bordering].map((name) => groupOf.get(name)));
    for (const other of joined) if (other !== undefined) group.questions = [...other.questions, ...group.questions];
    const absorbed = [...groupOf].filter(([, other]) => joined.has(other)).map(([name]) => name);
    for (const name of [country.name, ...bordering, ...absorbed]) groupOf.set(name, group);
  }
  return [...new Set(groupOf.values())].map(({ questions }) => questions);
}

/** One question that names the country and one that names it by a fact, on different attributes. */
function questionsAbout(country: Country): Question[] {
  const stream = randomStream(dataSeed, 'quickstart', 'questions', country.code);
  const attributes = stream.shuffle(attributesOf(country));
  const direct = attributes[0] as Attribute;
  const bridge = stream.choice(bridgesOf(country));
  const fact = answerTo(country, bridge);
  // 'the Thai baht' would give away that people speak Thai.
  const asked = attributes.find(
    (item) => item !== direct && item !== bridge && !fact.includes(answerTo(country, item)),
  ) as Attribute;
  const described = (bridges[bridge] as string).replace('{fact}', fact);
  return [makeQuestion(country, direct, 1, country.name, stream), makeQuestion(country, asked, 2, described, stream)];
}

function makeQuestion(
  country: Country,
  attribute: Attribute,
  hops: 1 | 2,
  reference: string,
  stream: RandomStream,
): Question {
  return {
    id: `${country.code}-${attribute}-${hops}`,
    question: stream.choice(templates[attribute]).replace('{x}', reference),
    answer: answerTo(country, attribute),
    country: country.code,
    attribute,
    hops,
  };
}

/** The attributes with one short answer. */
function attributesOf(country: Country): Attribute[] {
  const attributes: Attribute[] = ['region'];
  if (country.area !== undefined) attributes.push('area');
  if (!country.capital.includes(country.name) && !country.name.includes(country.capital)) attributes.push('capital');
  if (country.currencies.length === 1) attributes.push('currency');
  if (country.languages.length <= 3) attributes.push('languages');
  if (country.neighbours.length > 0 && country.neighbours.length <= 3) attributes.push('neighbours');
  return attributes;
}

/** The facts that no other country shares and that do not contain the country's name. */
function bridgesOf(country: Country): Attribute[] {
  const [currency] = country.currencies;
  const found: Attribute[] = [];
  if (capitalUses.get(country.capital) === 1 && !country.capital.includes(country.name)) found.push('capital');
  if (country.currencies.length === 1 && currency !== undefined && currencyUses.get(currency) === 1) {
    if (!currency.includes(country.name)) found.push('currency');
  }
  return found;
}

function answerTo(country: Country, attribute: Attribute): string {
  switch (attribute) {
    case 'currency':
    case 'languages':
    case 'neighbours':
      return listText(attribute === 'currency' ? country.currencies : country[attribute]);
    case 'area':
      return country.area === undefined ? '' : areaNumber(country.area);
    default:
      return country[attribute];
  }
}
