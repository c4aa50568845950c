import type { StreamRecords } from '../src/voice/streams/audio-streams.ts';
import type { StreamFacts } from '../src/voice/streams/stream-facts.ts';
import type { StreamSocket, StreamSocketRequest } from '../src/voice/streams/stream-socket.ts';

type Message = Readonly<Record<string, unknown>>;

/** An application at the end of a stream's socket: keeps what comes, and does what the test says. */
export class ScriptedStreamApp implements StreamSocket {
  readonly request: StreamSocketRequest;
  readonly received: Message[] = [];
  /** Octets that it has not read. */
  bufferedBytes = 0;
  /** Whether it answers pings and the close of the socket. */
  isAwake = true;
  isPaused = true;
  /** How our side ended it. */
  ended: 'closed' | 'terminated' | undefined;
  #over = false;

  constructor(request: StreamSocketRequest) {
    this.request = request;
  }

  send(text: string): void {
    const message: Message = JSON.parse(text);
    this.received.push(message);
  }

  ping(content: string): void {
    if (this.isAwake) this.request.events.pong(content);
  }

  pause(): void {
    this.isPaused = true;
  }

  resume(): void {
    this.isPaused = false;
  }

  close(): void {
    this.ended ??= 'closed';
    if (this.isAwake) this.leaves(1000);
  }

  terminate(): void {
    this.ended = 'terminated';
    this.leaves(1006);
  }

  /** It sends a message. */
  says(message: unknown): void {
    this.request.events.message(typeof message === 'string' ? message : JSON.stringify(message));
  }

  /** It closes the socket, or loses it (1006). */
  leaves(code: number): void {
    if (this.#over) return;
    this.#over = true;
    this.request.events.closed(code);
  }

  /** Messages of one event. */
  got(event: string): readonly Message[] {
    return this.received.filter((message) => message.event === event);
  }
}

/** Where streams of tests connect to, and keep their records. */
export class ScriptedStreamApps {
  readonly sockets: ScriptedStreamApp[] = [];
  readonly attempts: StreamSocketRequest[] = [];
  /** As many attempts fail from now on. */
  failing = 0;
  /** While set, attempts take until then. */
  answering: Promise<void> | undefined;
  /** The latest state of every stream. */
  readonly stored = new Map<string, StreamFacts>();
  /** While set, storage takes nothing. */
  storageFault: string | undefined;
  readonly records: StreamRecords = {
    insert: async (stream) => this.#keep(stream),
    update: async (stream) => this.#keep(stream),
  };

  async open(request: StreamSocketRequest): Promise<StreamSocket> {
    this.attempts.push(request);
    await this.answering;
    request.signal.throwIfAborted();
    if (this.failing > 0) {
      this.failing--;
      throw new Error('nobody answers here');
    }
    const app = new ScriptedStreamApp(request);
    this.sockets.push(app);
    return app;
  }

  get latest(): ScriptedStreamApp {
    const app = this.sockets.at(-1);
    if (!app) throw new Error('no stream has connected');
    return app;
  }

  #keep(stream: StreamFacts): void {
    if (this.storageFault !== undefined) throw new Error(this.storageFault);
    this.stored.set(stream.streamId, stream);
  }
}
