import { climb } from '../climb';
import { downloadLadder } from './download-ladder';

/** A program of the tests: climbs the download ladder given by its arguments and prints the step taken. */
const [folder, url, sha256] = process.argv.slice(2);
void climb(downloadLadder(folder!, url!, sha256!)).then(({ step }) => console.log(step));
