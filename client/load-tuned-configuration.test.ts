import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { model, oneOf, prompt } from '../core/system/variable';
import { loadTunedConfiguration } from './load-tuned-configuration';

describe('loadTunedConfiguration', () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'optimas-tuned-'));
  const file = path.join(folder, 'tuned.json');
  const variables = {
    answerer: { prompt: prompt('Answer.', { demonstrations: { max: 1 } }), model: model(['small', 'large']) },
    retriever: { k: oneOf([1, 5]) },
  };
  const configuration = {
    answerer: { prompt: { instructions: 'Answer briefly.', demonstrations: [] }, model: 'large' },
    retriever: { k: 5 },
  };
  const write = (content: unknown): void => writeFileSync(file, JSON.stringify(content));
  afterAll(() => rmSync(folder, { recursive: true }));

  it('gives typed values', () => {
    write({ schemaVersion: 1, configuration });
    const { answerer, retriever } = loadTunedConfiguration(file, variables);
    const name: 'small' | 'large' = answerer.model;
    const k: 1 | 5 = retriever.k;
    expect([answerer.prompt.instructions, name, k]).toEqual(['Answer briefly.', 'large', 5]);
  });

  it('names what is wrong with a file', () => {
    write({ schemaVersion: 1, configuration: { ...configuration, retriever: { k: 7 } } });
    expect(() => loadTunedConfiguration(file, variables)).toThrow(
      /tuned\.json: variable 'k' of component 'retriever' is 7/,
    );
    write({ schemaVersion: 1, configuration: { answerer: configuration.answerer } });
    expect(() => loadTunedConfiguration(file, variables)).toThrow(/'k' of component 'retriever' has no value/);
    write({ schemaVersion: 2, configuration });
    expect(() => loadTunedConfiguration(file, variables)).toThrow(/not an exported configuration/);
    writeFileSync(file, '{');
    expect(() => loadTunedConfiguration(file, variables)).toThrow(/cannot be read.*optimas export/);
  });

  it('names a variable that is declared wrongly', () => {
    const wrong = { retriever: { k: oneOf<number>([1, 5], { initial: 3 }) } };
    expect(() => loadTunedConfiguration(file, wrong)).toThrow(
      "component 'retriever': configuration.k: oneOf: the initial value 3 is not in [1, 5]",
    );
  });
});
