/** A reply with a good status whose body is not what the protocol promises. The message never quotes the body. */
export class MalformedReply extends Error {
  override readonly name = 'MalformedReply';
  readonly status: number;

  constructor(message: string, status: number) {
    super(message);
    this.status = status;
  }
}
