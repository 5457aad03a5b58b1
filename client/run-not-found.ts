/** There is no run of this id, or it has ended already. */
export class RunNotFound extends Error {
  override readonly name = 'RunNotFound';

  constructor(runId: string, options?: ErrorOptions) {
    super(`run '${runId}' is unknown or has ended; 'optimas list' shows the runs there are`, options);
  }
}
