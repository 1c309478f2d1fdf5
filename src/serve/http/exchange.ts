/** What is known of a body before it is read. */
export interface Body {
  /** bytes, as the request declares them */
  declared: number | undefined;
  maxBytes: number;
}

/** A request as a route sees it, whatever brings it: a `Request`, or a server's own. */
export interface Exchange {
  /** absolute, or from the path on */
  readonly url: string;
  /** what the path of the route names, such as `name` of `/v2/models/:name` */
  readonly params: Readonly<Record<string, string>>;
  /** what the platform gives with it: bindings, or Node's `{ incoming, outgoing }` */
  readonly env: unknown;
  /** @param name - in lower case */
  header(name: string): string | undefined;
  /**
   * The body as text (UTF-8), or as bytes; once.
   * @throws {Refusal} 413 when there is more than `maxBytes`, 400 when it ends early.
   */
  text(body: Body): Promise<string>;
  bytes(body: Body): Promise<Uint8Array>;
}

/** What comes back. */
export interface Answer {
  status: number;
  headers: Readonly<Record<string, string>>;
  body: string | Uint8Array;
}
