/** A WebSocket to an application, as streams use it. */
export interface StreamSocket {
  /** One text message. */
  send(text: string): void;
  /** Octets that were sent and have not left this process. */
  readonly bufferedBytes: number;
  /** The answer comes as `pong` with the same content. */
  ping(content: string): void;
  /** No messages come until `resume`, but for those that have been read already. */
  pause(): void;
  resume(): void;
  /** Closes in order, after what waits to be sent. `closed` follows. */
  close(): void;
  /** Ends it at once. `closed` follows. */
  terminate(): void;
}

export interface StreamSocketEvents {
  message(text: string): void;
  /** A message that is no text. */
  binary(): void;
  pong(content: string): void;
  /** Once, and nothing after it. `code` as RFC 6455 §7.4 has it: 1005 = closed without one, 1006 = lost. */
  closed(code: number): void;
}

export interface StreamSocketRequest {
  /** `ws` or `wss`. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly events: StreamSocketEvents;
  /** Ends an attempt that is under way. */
  readonly signal: AbortSignal;
}

/** Makes one attempt. The socket comes paused, so that no message is lost before somebody listens. Rejects when there is none. */
export type OpenStreamSocket = (request: StreamSocketRequest) => Promise<StreamSocket>;
