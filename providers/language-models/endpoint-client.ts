import OpenAI from 'openai';

/** The `openai` client, made lenient about how endpoints word their errors. */
export class EndpointClient extends OpenAI {
  /** OpenAI says `{error: {message}}`; others say `{message}`, `{detail}` or `{error: 'text'}`. */
  protected override makeStatusError(
    status: number,
    body: object | undefined,
    message: string | undefined,
    headers: Headers,
  ): InstanceType<typeof OpenAI.APIError> {
    const { error, message: plain, detail } = (body ?? {}) as Record<string, unknown>;
    const worded = error ?? plain ?? detail;
    const normalised = typeof worded === 'string' ? { message: worded } : worded;
    return OpenAI.APIError.generate(status, { error: normalised }, message, headers);
  }
}
