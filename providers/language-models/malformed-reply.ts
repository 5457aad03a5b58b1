import type { Tokens } from './parse-reply';

/** A reply with a good status whose body is not what the protocol promises. The message never quotes the body. */
export class MalformedReply extends Error {
  override readonly name = 'MalformedReply';
  readonly status: number;
  /** What it says that it used; undefined where it says nothing, or zero. */
  readonly tokens: Tokens | undefined;

  constructor(message: string, status: number, tokens?: Tokens) {
    super(message);
    this.status = status;
    this.tokens = tokens;
  }
}
