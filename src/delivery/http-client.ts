import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher, Pool } from 'undici';
import type { Clock } from '../runtime/clock.ts';
import { Connector } from './connector.ts';
import type { FailureClass } from './retry-schedule.ts';
import { type TargetGuard, TargetRefused } from './target-guard.ts';

/** HTTP requests to customers' servers: guarded targets, a pool of connections for each server, limits on everything. */

export interface HttpRequest {
  readonly url: URL;
  readonly method: 'GET' | 'POST';
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
  readonly connectTimeoutMs: number;
  /** To the first byte of the answer and between its pieces. */
  readonly readTimeoutMs: number;
  readonly totalTimeoutMs: number;
  /** The answer is cut after this many bytes and its connection closed. */
  readonly maxBodyBytes: number;
  /** Ends the request at once, as a failure. */
  readonly signal?: AbortSignal;
}

export interface HttpTimes {
  /** Wall time at the start, milliseconds since the epoch. */
  readonly startedAt: number;
  /** Milliseconds until there was a connection, until the answer began, until all was over; `null` for what never came. */
  readonly connectedMs: number | null;
  readonly firstByteMs: number | null;
  readonly totalMs: number;
}

export type HttpResult = { readonly times: HttpTimes } & (
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly headers: IncomingHttpHeaders;
      readonly body: Buffer;
      /** The body was longer than `maxBodyBytes`. */
      readonly truncated: boolean;
    }
  | {
      readonly kind: 'failure';
      readonly failure: Extract<FailureClass, 'refused' | 'local' | 'connect' | 'response' | 'partial'>;
      readonly reason: string;
      /** When the answer had begun. */
      readonly status: number | null;
    }
);

/** How a request that was not answered with 2xx has failed. */
export function failureClass(result: HttpResult): FailureClass {
  if (result.kind === 'failure') return result.failure;
  if (result.status >= 500) return '5xx';
  return result.status >= 400 ? '4xx' : '3xx';
}

/** Never rejects: what goes wrong is a result. */
export interface HttpSender {
  request(request: HttpRequest): Promise<HttpResult>;
}

export interface HttpClientOptions {
  readonly guard: TargetGuard;
  readonly clock: Clock;
  /** `Ringdown/<version>` */
  readonly userAgent: string;
  readonly connectionsPerHost: number;
  /** Additional certificate authorities in PEM; the system's are used without. */
  readonly ca?: string | readonly string[];
}

/**
 * Many servers close idle connections after 2 to 5 s without saying so; a request sent at that moment would fail. 1.5 s stays
 * below them and still joins the requests of a busy time.
 */
const KEEP_ALIVE_MS = 1_500;
/** Servers that were talked to lately. The one unused for longest loses its pool; its requests under way finish. */
const MAX_POOLS = 1_024;
const MAX_HEADER_BYTES = 16 * 1024;
const CANCELLED = 'cancelled';

type Undici = typeof import('undici');
let undici: Promise<Undici> | undefined;
/** With the first request: an installation that sends no webhooks does without its 14 MB. */
function loadUndici(): Promise<Undici> {
  undici ??= import('undici');
  return undici;
}

export class HttpClient implements HttpSender {
  readonly #options: HttpClientOptions;
  readonly #connector: Connector;
  readonly #pools = new Map<string, Pool>();
  #closed = false;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#connector = new Connector(options.guard, options.clock, options.ca);
  }

  request(request: HttpRequest): Promise<HttpResult> {
    const exchange = new Exchange(request, this.#options.clock);
    if (this.#closed) return exchange.failed('connect', 'the program is stopping');
    if (request.signal?.aborted) return exchange.failed('connect', CANCELLED);
    try {
      this.#options.guard.check(request.url);
    } catch (error) {
      return exchange.failed('refused', describe(error));
    }
    loadUndici().then(
      (undici) => this.#dispatch(undici, request, exchange),
      (error: unknown) => exchange.failed('connect', describe(error)),
    );
    return exchange.result;
  }

  /** Waits for nothing: requests under way end as failures. */
  async close(): Promise<void> {
    this.#closed = true;
    const pools = [...this.#pools.values()];
    this.#pools.clear();
    const reason = new Error('the program is stopping');
    const destroyed = pools.map((pool) => pool.destroy(reason));
    this.#connector.abort(reason);
    await Promise.all(destroyed);
  }

  #dispatch(undici: Undici, request: HttpRequest, exchange: Exchange): void {
    if (this.#closed) {
      exchange.failed('connect', 'the program is stopping');
      return;
    }
    this.#pool(undici, request.url.origin).dispatch(
      {
        path: request.url.pathname + request.url.search,
        method: request.method,
        headers: { 'user-agent': this.#options.userAgent, ...request.headers },
        body: request.body ?? null,
        // Kept by the exchange, on the clock that was handed in.
        headersTimeout: 0,
        bodyTimeout: 0,
      },
      exchange,
    );
  }

  #pool(undici: Undici, origin: string): Pool {
    let pool = this.#pools.get(origin);
    if (pool) {
      this.#pools.delete(origin); // put at the end again: the map is in order of last use
    } else {
      pool = new undici.Pool(origin, {
        connect: this.#connector.forServer(),
        connections: this.#options.connectionsPerHost,
        pipelining: 1, // one request at a time on a connection
        keepAliveTimeout: KEEP_ALIVE_MS,
        keepAliveMaxTimeout: KEEP_ALIVE_MS,
        maxHeaderSize: MAX_HEADER_BYTES,
      });
      if (this.#pools.size >= MAX_POOLS) {
        const [oldest] = this.#pools;
        if (oldest) {
          this.#pools.delete(oldest[0]);
          // An error while closing belongs to a request, which has its own report.
          oldest[1].close().catch(() => undefined);
        }
      }
    }
    this.#pools.set(origin, pool);
    return pool;
  }
}

/** One request under way: collects the answer, keeps the timers, settles once. */
class Exchange implements Dispatcher.DispatchHandler {
  readonly result: Promise<HttpResult>;
  readonly #request: HttpRequest;
  readonly #clock: Clock;
  readonly #startedAt: number;
  readonly #start: number;
  readonly #settle: (result: HttpResult) => void;
  readonly #cancelTotal: () => void;
  #cancelWait: () => void = () => undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #settled = false;
  #connectedMs: number | null = null;
  #firstByteMs: number | null = null;
  #status: number | null = null;
  #headers: IncomingHttpHeaders = {};
  #chunks: Buffer[] = [];
  #bytes = 0;
  readonly #cancel = () => this.#giveUp(CANCELLED);

  constructor(request: HttpRequest, clock: Clock) {
    this.#request = request;
    this.#clock = clock;
    this.#startedAt = clock.now();
    this.#start = clock.monotonic();
    const { promise, resolve } = Promise.withResolvers<HttpResult>();
    this.result = promise;
    this.#settle = resolve;
    this.#cancelTotal = clock.after(request.totalTimeoutMs, () =>
      this.#giveUp(`no complete answer within ${request.totalTimeoutMs} ms`),
    );
    this.#wait(request.connectTimeoutMs, `no connection within ${request.connectTimeoutMs} ms`);
    request.signal?.addEventListener('abort', this.#cancel);
  }

  failed(failure: 'refused' | 'connect' | 'response' | 'partial', reason: string): Promise<HttpResult> {
    this.#end({ kind: 'failure', failure, reason, status: this.#status, times: this.#times() });
    return this.result;
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#settled) {
      controller.abort(new Error('given up before there was a connection'));
      return;
    }
    this.#controller = controller;
    this.#connectedMs = this.#elapsed();
    this.#waitForData();
  }

  onResponseStart(_: Dispatcher.DispatchController, status: number, headers: IncomingHttpHeaders): void {
    if (status < 200) return; // informational: the answer follows
    this.#status = status;
    this.#headers = headers;
    this.#firstByteMs = this.#elapsed();
    this.#waitForData();
  }

  onResponseData(_: Dispatcher.DispatchController, chunk: Buffer): void {
    if (this.#settled) return;
    const room = this.#request.maxBodyBytes - this.#bytes;
    this.#bytes += chunk.length;
    if (chunk.length > room) {
      this.#chunks.push(chunk.subarray(0, room));
      this.#answered(true);
      return;
    }
    this.#chunks.push(chunk);
    this.#waitForData();
  }

  onResponseEnd(): void {
    this.#answered(false);
  }

  onResponseError(_: Dispatcher.DispatchController, error: Error): void {
    if (this.#settled) return;
    if (findCause(error, (cause) => cause instanceof TargetRefused)) this.failed('refused', describe(error));
    else this.failed(this.#phase(), describe(error));
  }

  #answered(truncated: boolean): void {
    const body = this.#chunks.length === 1 ? (this.#chunks[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#chunks);
    this.#end({ kind: 'answer', status: this.#status ?? 0, headers: this.#headers, body, truncated, times: this.#times() });
    if (truncated) this.#controller?.abort(new Error('longer than needed'));
  }

  #giveUp(reason: string): void {
    this.failed(this.#phase(), reason);
    this.#controller?.abort(new Error(reason));
  }

  #phase(): 'connect' | 'response' | 'partial' {
    if (this.#connectedMs === null) return 'connect';
    return this.#status === null ? 'response' : 'partial';
  }

  #end(result: HttpResult): void {
    if (this.#settled) return;
    this.#settled = true;
    this.#cancelTotal();
    this.#cancelWait();
    this.#request.signal?.removeEventListener('abort', this.#cancel);
    this.#settle(result);
  }

  /** The wait for the next step of the exchange. Skipped when the total timeout comes no later: one timer less a request. */
  #wait(ms: number, reason: string): void {
    this.#cancelWait();
    this.#cancelWait = () => undefined;
    if (ms < this.#request.totalTimeoutMs - this.#elapsed()) this.#cancelWait = this.#clock.after(ms, () => this.#giveUp(reason));
  }

  #waitForData(): void {
    if (this.#settled) return;
    const ms = this.#request.readTimeoutMs;
    this.#wait(ms, this.#status === null ? `no answer within ${ms} ms` : `the answer stopped for ${ms} ms`);
  }

  #elapsed(): number {
    return this.#clock.monotonic() - this.#start;
  }

  #times(): HttpTimes {
    return {
      startedAt: this.#startedAt,
      connectedMs: this.#connectedMs,
      firstByteMs: this.#firstByteMs,
      totalMs: this.#elapsed(),
    };
  }
}

function findCause(error: unknown, wanted: (error: Error) => boolean): Error | undefined {
  for (let current = error, depth = 0; current instanceof Error && depth < 5; current = current.cause, depth++) {
    if (wanted(current)) return current;
    if (current instanceof AggregateError) {
      for (const inner of current.errors) {
        const found = findCause(inner, wanted);
        if (found) return found;
      }
    }
  }
  return undefined;
}

/** An error in the words of the network: of several addresses tried, the first one's. */
function describe(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return describe(error.errors[0]);
  if (error instanceof Error && 'code' in error && error.code === 'UND_ERR_SOCKET' && error.message === 'other side closed')
    return 'the connection was closed before the answer';
  return error instanceof Error ? error.message : String(error);
}
