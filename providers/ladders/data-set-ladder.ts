import path from 'node:path';
import { StepUnavailable, type Attempt, type Ladder, type Step } from './climb';
import type { DataFile, DataSet } from './data-sets';
import { publishDownload } from './download';
import { isPresent } from './is-present';
import { showingTerms } from './showing-terms';

/**
 * Ways to have the files of a data set in `folder`, which is the result. Where `OPTIMAS_DATA_MIRROR` is set nothing else is
 * asked: who sets it has a reason to.
 */
export function dataSetLadder(
  folder: string,
  { title, page, terms, files }: DataSet,
  environment: NodeJS.ProcessEnv = process.env,
): Ladder<string> {
  const install = (name: string, urlOf: (file: DataFile) => string): Step<string> =>
    showingTerms(terms, { name, kind: 'install', take: (attempt) => fetched(folder, files, urlOf, attempt) });
  const mirror = environment['OPTIMAS_DATA_MIRROR'];
  const haveCopies = files.some(({ copyUrl }) => copyUrl !== undefined);
  return {
    what: `The ${title} data`,
    lockFile: path.join(folder, `.${title.toLowerCase()}.lock`),
    folderSetting: 'OPTIMAS_DATA_DIR',
    remedy: () => {
      const missing = missingFiles(folder, files);
      const names = missing.map(({ name }) => name).join(' and ');
      const byHand = `download ${names} from ${page} into ${folder} by hand`;
      return mirror
        ? `correct OPTIMAS_DATA_MIRROR, remove it to ask the official server, or ${byHand}`
        : `connect this machine to ${hostsOf(missing)}, set OPTIMAS_DATA_MIRROR to the URL of a folder with these files, or ${byHand}`;
    },
    steps: [
      { name: 'local files', kind: 'cache', take: async () => present(folder, files) },
      ...(mirror
        ? [install('OPTIMAS_DATA_MIRROR', ({ name }) => new URL(name, mirrorFolder(mirror)).href)]
        : [
            install('official server', ({ officialUrl }) => officialUrl),
            ...(haveCopies ? [install('model hub', ({ officialUrl, copyUrl }) => copyUrl ?? officialUrl)] : []),
          ]),
    ],
  };
}

function present(folder: string, files: readonly DataFile[]): string {
  const [missing] = missingFiles(folder, files);
  if (missing !== undefined) throw new StepUnavailable(`${missing.name} is not in ${folder}`);
  return folder;
}

async function fetched(
  folder: string,
  files: readonly DataFile[],
  urlOf: (file: DataFile) => string,
  attempt: Attempt,
): Promise<string> {
  for (const file of missingFiles(folder, files)) {
    await publishDownload(urlOf(file), path.join(folder, file.name), { sha256: file.sha256, attempt });
  }
  return folder;
}

function missingFiles(folder: string, files: readonly DataFile[]): DataFile[] {
  const are = (names: readonly string[]): boolean => names.every((name) => isPresent(path.join(folder, name)));
  return files.filter(({ name, replacedBy }) => !are([name]) && !are(replacedBy));
}

/** `server.example or hub.example` */
function hostsOf(files: readonly DataFile[]): string {
  const urls = [...files.map(({ officialUrl }) => officialUrl), ...files.flatMap(({ copyUrl }) => copyUrl ?? [])];
  return [...new Set(urls.map((url) => new URL(url).hostname))].join(' or ');
}

/**
 * The URL of the mirror's folder, with a slash at its end.
 *
 * @throws Error that does not repeat the setting where that may hold a secret
 */
function mirrorFolder(setting: string): URL {
  const url = URL.canParse(setting) ? new URL(setting) : undefined;
  const isPlain = url !== undefined && [url.username, url.password, url.search, url.hash].every((part) => part === '');
  if (!isPlain || !/^https?:$/.test(url.protocol)) {
    throw new Error('it is not a URL such as https://mirror.example/data (without user name, password, ? and #)');
  }
  url.pathname = url.pathname.replace(/\/*$/, '/');
  return url;
}
