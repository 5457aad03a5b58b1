import { LadderError } from '../../providers/ladders/ladder-error';
import { goWithoutModels } from './without-models';

const missing = new LadderError('The model', [], 'install it');

describe('goWithoutModels', () => {
  it('fails where the models are missing, unless that is allowed', () => {
    expect(() => goWithoutModels(missing, 'the quick start', { environment: {} })).toThrow(
      /could not be found[^]*OPTIMAS_WITHOUT_MODELS=1/,
    );
    const said: string[] = [];
    const environment = { OPTIMAS_WITHOUT_MODELS: '1' };
    goWithoutModels(missing, 'the quick start', { environment, say: (line) => said.push(line) });
    expect(said.join()).toMatch(/^SKIPPED, NOT TESTED .*the quick start\nThe model could not be found/);
  });

  it('fails for every other error', () => {
    const environment = { OPTIMAS_WITHOUT_MODELS: '1' };
    expect(() => goWithoutModels(new Error('broken'), 'all', { environment })).toThrow('broken');
  });
});
