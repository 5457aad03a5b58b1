/** Milliseconds for which the tests take the database away; `OPTIMAS_TEST_AWAY_MS=30000` is the longer check. */
export const databaseAwayMs = Number(process.env.OPTIMAS_TEST_AWAY_MS ?? 5_000);
