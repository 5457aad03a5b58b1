import path from 'node:path';
import { StepUnavailable, type Attempt, type Ladder, type Step } from './climb';
import type { DataFile, DataSet } from './data-sets';
import { download } from './download';
import { isPresent, publish } from './publish';
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
  const names = files.map(({ name }) => name).join(' and ');
  const byHand = `download ${names} from ${page} into ${folder} by hand`;
  return {
    what: `The ${title} data`,
    lockFile: path.join(folder, `.${title.toLowerCase()}.lock`),
    remedy: mirror
      ? `correct OPTIMAS_DATA_MIRROR, remove it to ask the official server, or ${byHand}`
      : `connect this machine to such a server, set OPTIMAS_DATA_MIRROR to the URL of a folder with these files, or ${byHand}`,
    steps: [
      { name: 'local files', kind: 'cache', take: () => present(folder, files) },
      ...(mirror
        ? [install('OPTIMAS_DATA_MIRROR', ({ name }) => `${mirrorFolder(mirror)}/${name}`)]
        : [
            install('official server', ({ officialUrl }) => officialUrl),
            ...(haveCopies ? [install('model hub', ({ officialUrl, copyUrl }) => copyUrl ?? officialUrl)] : []),
          ]),
    ],
  };
}

async function present(folder: string, files: readonly DataFile[]): Promise<string> {
  const [missing] = await missingFiles(folder, files);
  if (missing !== undefined) throw new StepUnavailable(`${missing.name} is not in ${folder}`);
  return folder;
}

async function fetched(
  folder: string,
  files: readonly DataFile[],
  urlOf: (file: DataFile) => string,
  attempt: Attempt,
): Promise<string> {
  for (const file of await missingFiles(folder, files)) {
    const url = urlOf(file);
    await publish(path.join(folder, file.name), async (work) => {
      const arriving = path.join(work, file.name);
      await download(url, arriving, { sha256: file.sha256, attempt });
      return arriving;
    });
  }
  return folder;
}

async function missingFiles(folder: string, files: readonly DataFile[]): Promise<DataFile[]> {
  const are = async (names: readonly string[]): Promise<boolean> =>
    (await Promise.all(names.map((name) => isPresent(path.join(folder, name))))).every(Boolean);
  const needed = await Promise.all(
    files.map(async ({ name, replacedBy }) => !(await are([name])) && !(await are(replacedBy))),
  );
  return files.filter((_, at) => needed[at]);
}

/** @throws Error that does not repeat the setting where that may hold a password */
function mirrorFolder(setting: string): string {
  const url = URL.canParse(setting) ? new URL(setting) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.username !== '' || url.password !== '') {
    throw new Error('it is not a URL such as https://mirror.example/data (without user name and password)');
  }
  return setting.replace(/\/+$/, '');
}
