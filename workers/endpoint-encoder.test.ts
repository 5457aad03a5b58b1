import { DefinitionError } from '../core/system/definition-error';
import { EndpointEncoder, HashedNgramEncoder, type Encoder } from '../providers/encoder';
import { TemporaryFolder } from '../storage/testing/temporary-folder';
import { scriptedChain } from '../systems/synthetic';
import { defineConfig, type ConfigOptions, type SystemTools } from './config/define-config';
import { findLocalParts, localPartsVariable } from './local-parts';
import { openRuntime, type Runtime } from './runtime';

const endpoints = { e: { baseURL: 'http://127.0.0.1:1/v1', models: { embedder: { id: 'text-embed' } } } };

let folder: TemporaryFolder;
let runtime: Runtime | undefined;
beforeEach(async () => {
  folder = await TemporaryFolder.create();
});
afterEach(async () => {
  await runtime?.close();
  runtime = undefined;
  await folder.remove();
});

async function started(
  encoder: ConfigOptions['encoder'],
  openEncoder = (): Promise<Encoder> => Promise.reject(new Error('not on this machine')),
): Promise<SystemTools> {
  let given: SystemTools | undefined;
  const systems = (tools: SystemTools) => {
    given = tools;
    return [scriptedChain()];
  };
  const config = defineConfig({ systems, endpoints, ...(encoder === undefined ? {} : { encoder }) });
  const parts = { endpoints, openEncoder, encoderFiles: ['model.onnx'], databaseUrl: folder.url() };
  runtime = await openRuntime(config, parts);
  return given as SystemTools;
}

describe('a model of an endpoint as the encoder', () => {
  it('is the encoder of runs, and refuses texts of a system by saying what to call instead', async () => {
    const tools = await started({ model: 'embedder' });
    expect(await runtime?.encoder()).toBeInstanceOf(EndpointEncoder);
    expect(tools.encoderFiles).toEqual([]);
    const encoded = tools.encode(['lima']);
    await expect(encoded).rejects.toThrow(DefinitionError);
    await expect(encoded).rejects.toThrow("call models.embed({ model: 'embedder', texts })");
  });

  it('must be one of the endpoints', async () => {
    await expect(started({ model: 'embeder' })).rejects.toThrow(
      "config: encoder names the model 'embeder', which no endpoint has; did you mean 'embedder'?; known models: embedder",
    );
  });

  it('needs no model on this machine, in any process', async () => {
    const config = defineConfig({ systems: [scriptedChain()], endpoints, encoder: { model: 'embedder' } });
    const said: string[] = [];
    const parts = await findLocalParts(config, { environment: {}, say: (line) => said.push(line) });
    expect(said).toEqual(['sentence encoder: model embedder of an endpoint (its calls are charged to the runs)']);
    expect(parts.encoderFiles).toEqual([]);
    const handed = { [localPartsVariable]: parts.environment[localPartsVariable] };
    await expect((await findLocalParts(config, { environment: handed })).openEncoder()).rejects.toThrow(
      'there is none on this machine',
    );
  });
});

it('an encoder on this machine is shared by systems and runs, and encodes no text twice', async () => {
  const encoded: string[] = [];
  class Counting extends HashedNgramEncoder {
    override encode(texts: readonly string[]): Promise<Float32Array[]> {
      encoded.push(...texts);
      return super.encode(texts);
    }
  }
  const tools = await started('hashed-ngrams', async () => new Counting());
  const [vector] = await tools.encode(['lima', 'peru']);
  const encoder = (await runtime?.encoder()) as Encoder;
  expect(await encoder.encode(['lima'])).toEqual([vector]);
  expect(encoded).toEqual(['lima', 'peru']);
  expect(encoder.identity).toBe(new HashedNgramEncoder().identity);
});
