/** Milliseconds for which the tests take the database away. */
export const databaseAwayMs = 30_000;
