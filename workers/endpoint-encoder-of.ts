import { DefinitionError } from '../core/system/definition-error';
import { EndpointEncoder } from '../providers/encoder';
import { didYouMean, type LanguageModels } from '../providers/language-models';
import type { Config } from './config/define-config';

/**
 * The encoder of a config that names a model of an endpoint; undefined: it is one on this machine.
 *
 * @throws DefinitionError for a model that no endpoint has.
 */
export function endpointEncoderOf({ encoder }: Config, languageModels: LanguageModels): EndpointEncoder | undefined {
  if (typeof encoder !== 'object') return undefined;
  const { model } = encoder;
  if (!languageModels.has(model)) {
    const known = languageModels.names;
    throw new DefinitionError(
      `config: encoder names the model '${model}', which no endpoint has${didYouMean(model, known)}; known models: ${known.join(', ') || 'none'}`,
    );
  }
  return new EndpointEncoder(encoder, languageModels.describe(model));
}

/** For a system that wants vectors outside of a run's calls: nobody would be charged for them. */
export function notOnThisMachine({ model }: EndpointEncoder): DefinitionError {
  return new DefinitionError(
    `config: the encoder is the model '${model}' of an endpoint, and encode() is for encoders on this machine: in the run ` +
      `function of a component call models.embed({ model: '${model}', texts }), which is charged to the run and remembered`,
  );
}
