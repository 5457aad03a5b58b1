import { endWithParent } from '../end-with-parent';

/** A program of the tests: reports ready and waits until it is ended. `fail` makes it end before that. */
endWithParent();
if (process.argv[2] === 'fail') {
  console.error('no luck today');
  process.exit(3);
}
setInterval(() => undefined, 1000);
if (process.argv[2] !== 'silent') process.send?.({ type: 'ready', detail: { argument: process.argv[2] } });
