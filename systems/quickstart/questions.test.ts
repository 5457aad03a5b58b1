import { countries } from './countries';
import { passages } from './passages';
import { answerMetric } from '../short-answers/answer-metric';
import { questionDataset, sizes, type Question } from './questions';
import type { Dataset } from '../../core/system/system';

const dataset = questionDataset() as Dataset<Question>;
const all = [...dataset.train, ...dataset.validation, ...dataset.test];
const passageAbout = (question: Question) =>
  passages[countries.findIndex((country) => country.code === question.country)] ?? '';

/** Codes of the country asked about and, for borders, of those in the answer. */
const countriesOf = ({ country, attribute, answer }: Question): string[] =>
  attribute === 'neighbours'
    ? [country, ...countries.filter(({ name }) => answer.split(/, | and /).includes(name)).map(({ code }) => code)]
    : [country];

describe('questionDataset', () => {
  it('has the announced sizes', () => {
    expect({
      train: dataset.train.length,
      validation: dataset.validation.length,
      test: dataset.test.length,
    }).toEqual(sizes);
  });

  it('is the same every time it is loaded', () => {
    expect(questionDataset()).toEqual(dataset);
  });

  it('gives every question an id and a text of its own', () => {
    expect(new Set(all.map((item) => item.id)).size).toBe(all.length);
    expect(new Set(all.map((item) => item.question)).size).toBe(all.length);
  });

  it('keeps all countries of a question, asked about or in the answer, in one split', () => {
    const splitOf = new Map<string, string>();
    for (const [split, questions] of Object.entries(dataset) as [string, readonly Question[]][]) {
      for (const question of questions) {
        for (const country of countriesOf(question)) {
          expect({ country, split: splitOf.get(country) ?? split }).toEqual({ country, split });
          splitOf.set(country, split);
        }
      }
    }
  });

  it('asks for no test fact in training or validation', () => {
    const fact = (item: Question) => `${item.country} ${item.attribute}`;
    const seen = new Set([...dataset.train, ...dataset.validation].map(fact));
    expect(dataset.test.filter((item) => seen.has(fact(item)))).toEqual([]);
  });

  it('answers every question word for word in its passage, and in a few words', () => {
    expect(all.filter((item) => !passageAbout(item).includes(item.answer.replace(/\.$/, '')))).toEqual([]);
    expect(Math.max(...all.map((item) => item.answer.split(' ').length))).toBeLessThanOrEqual(12);
  });

  it('gives nothing for the area of another country', () => {
    const areas = all.filter((item) => item.attribute === 'area');
    const [first, second] = areas as [Question, Question];
    expect(areas.every((item) => /^[\d,.]+$/.test(item.answer) && item.question.includes('square kilometres'))).toBe(
      true,
    );
    expect(answerMetric(first.answer, second.answer).score).toBe(0);
  });

  it('does not give the answer away in the question', () => {
    expect(all.filter((item) => item.question.includes(item.answer))).toEqual([]);
  });

  it('names the country in one-hop questions only', () => {
    const nameOf = (item: Question) => countries.find((country) => country.code === item.country)?.name ?? '';
    expect(all.filter((item) => item.hops === 1 && !item.question.includes(nameOf(item)))).toEqual([]);
    expect(all.filter((item) => item.hops === 2 && item.question.includes(nameOf(item)))).toEqual([]);
  });

  it('asks for every attribute, with one hop and with two, in every split', () => {
    for (const questions of Object.values(dataset) as (readonly Question[])[]) {
      expect(new Set(questions.map((item) => item.attribute)).size).toBe(6);
      expect(questions.filter((item) => item.hops === 2)).toHaveLength(questions.length / 2);
    }
  });
});

describe('passages', () => {
  it('are one short text per country', () => {
    expect(passages).toHaveLength(countries.length);
    expect(new Set(passages).size).toBe(countries.length);
    expect(passages.filter((text) => /area is (?!\d)/.test(text))).toEqual([]);
    expect(Math.max(...passages.map((text) => text.length))).toBeLessThan(420);
  });
});
