import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { climb } from '../../providers/ladders';
import { pythonWithOnnxRuntime } from './python-with-onnxruntime';

it('says what to install where there is no Python', async () => {
  const cache = await mkdtemp(path.join(tmpdir(), 'optimas-python-'));
  try {
    const ladder = pythonWithOnnxRuntime(cache, { OPTIMAS_PYTHON: path.join(cache, 'no-python') });
    await expect(climb(ladder)).rejects.toThrow(
      /pip install: there is no Python.*\nWhat to do: install Python 3\.11 or newer/,
    );
  } finally {
    await rm(cache, { recursive: true, force: true });
  }
});
