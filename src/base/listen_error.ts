/** An address cannot be listened on. */
export class ListenError extends Error {
  override readonly name = "ListenError";
  /** The machine has no such address or family: an optional one may be left out. */
  readonly isUnavailable: boolean;

  /** @param reason such as `Address already in use` */
  constructor(reason: string, isUnavailable: boolean) {
    super(reason);
    this.isUnavailable = isUnavailable;
  }
}
