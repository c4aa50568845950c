/** One device that has registered as an endpoint. */
export interface Registration {
  /** The SIP URI it can be reached at. */
  readonly contact: string;
  readonly userAgent: string;
  /** Wall-clock milliseconds. */
  readonly expiresAt: number;
}

/** Which endpoints are registered now; the registrar answers it. */
export interface EndpointRegistrations {
  /** The latest registration of each of the usernames that has one. */
  of(usernames: readonly string[]): Promise<ReadonlyMap<string, Registration>>;
  /** The endpoint is gone, or its password has changed: its devices have to register anew. */
  drop(username: string): Promise<void>;
}
