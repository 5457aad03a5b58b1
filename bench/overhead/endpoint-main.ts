import { main } from '../../test/support/scripted-endpoint-process';

// That file runs itself only where it is the main module, which a source run through jiti never is.
main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
