import path from 'node:path';
import { dataFolder } from './data-folder';

it('data files are in OPTIMAS_DATA_DIR, else in the cache folder', () => {
  expect(dataFolder({ OPTIMAS_DATA_DIR: '/data', OPTIMAS_CACHE_DIR: '/cache' })).toBe(path.resolve('/data'));
  expect(dataFolder({ OPTIMAS_DATA_DIR: '', OPTIMAS_CACHE_DIR: '/cache' })).toBe(path.resolve('/cache/data'));
});
