import type { Clock } from '../../runtime/clock.ts';
import type { StreamSocket } from './stream-socket.ts';

/** Audio that may wait for an application that reads too slowly (audio-streaming.md §4, §7). */
export const SEND_BUFFER_MS = 40_000;
/** Shares of it at which the application is told, each once. */
const WARNED_AT = [0.3, 0.6, 0.9] as const;
/** Pings that may be unanswered; one a second is sent, and the buffer is full before there are so many. */
const MAX_PINGS = 64;

/**
 * How far an application is behind, by two measures. What waits in this process is counted in octets. What waits in the system's
 * buffers and in the application cannot be seen, but a ping goes the same way as the audio: whoever answers the ping of half a minute
 * ago has read the audio of half a minute ago. The second counts only for applications that have answered a ping at all.
 */
export class SendLag {
  readonly #clock: Clock;
  readonly #socket: Pick<StreamSocket, 'bufferedBytes' | 'ping'>;
  readonly #pings: { readonly content: string; readonly at: number }[] = [];
  #answers = false;
  #count = 0;
  #bytesPerMs = 0;
  #warned = 0;

  constructor(clock: Clock, socket: Pick<StreamSocket, 'bufferedBytes' | 'ping'>) {
    this.#clock = clock;
    this.#socket = socket;
  }

  /** A message of this length went out for `ms` of time. */
  sent(bytes: number, ms: number): void {
    this.#bytesPerMs = bytes / ms;
  }

  ping(): void {
    if (this.#pings.length >= MAX_PINGS) return;
    const content = String(++this.#count);
    this.#pings.push({ content, at: this.#clock.monotonic() });
    this.#socket.ping(content);
  }

  /** An answer stands for all pings before it too (RFC 6455 §5.5.3). */
  pong(content: string): void {
    const index = this.#pings.findIndex((ping) => ping.content === content);
    if (index < 0) return;
    this.#answers = true;
    this.#pings.splice(0, index + 1);
  }

  /** Milliseconds of audio that the application has not read. */
  get ms(): number {
    const own = this.#bytesPerMs === 0 ? 0 : this.#socket.bufferedBytes / this.#bytesPerMs;
    const oldest = this.#pings[0];
    const behind = this.#answers && oldest ? this.#clock.monotonic() - oldest.at : 0;
    return Math.max(own, behind);
  }

  /** `overflow` when the buffer is full; a share in per cent the first time that it is reached. */
  check(): 'overflow' | number | undefined {
    const share = this.ms / SEND_BUFFER_MS;
    if (share >= 1) return 'overflow';
    const reached = WARNED_AT.filter((limit) => share >= limit).length;
    if (reached <= this.#warned) return undefined;
    this.#warned = reached;
    return Math.round((WARNED_AT[reached - 1] ?? 0) * 100);
  }
}
