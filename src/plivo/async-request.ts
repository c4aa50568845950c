import { Type } from 'typebox';
import type { Scope } from '../accounts/account.ts';
import type { AccountDirectory } from '../accounts/account-directory.ts';
import { isWebAddress } from '../delivery/web-address.ts';
import { invalidParameter, Problem } from '../errors/catalogue.ts';
import { isPassingFailure } from '../storage/failure.ts';
import type { AsyncRequestRow, AsyncRequestStore } from './async-request-store.ts';
import type { AnyCommand, RawParameters, Reply } from './command.ts';
import { renderError, toProblem } from './errors.ts';
import { apiId, url as urlField } from './fields.ts';
import type { Forwarding } from './forwarding.ts';
import type { Services } from './services.ts';
import { scopeOf } from './stored-scope.ts';
import { type Json, type Place, wireForm } from './wire-form.ts';

/** Requests being run at once: a burst of asynchronous requests must not starve those that somebody waits for. */
const CONCURRENCY = 8;
/** Waiting in memory: at 300 requests in 5 seconds an account needs almost three minutes to fill it. */
const MAX_WAITING = 10_000;

/** Storage that is away is asked again after this, for five minutes; then the reply is the error, or a restart runs it again. */
const RETRY_MS = 1_000;
const MAX_TRIES = 300;
const UNAVAILABLE = 503;

const METHODS = ['GET', 'POST'] as const;

/** What answers at once. */
export const asyncReply = Type.Object({ api_id: apiId(), message: Type.Literal('async api spawned') });

/** The two parameters that any request may carry, as they are written. */
export function asyncParameters(place: Place): Readonly<Record<'callback_url' | 'callback_method', Json>> {
  const nothing = place === 'json' ? [null, ''] : [''];
  const written = wireForm(urlField(), true, place);
  const alone = (item: Json) => ({ type: 'array', items: item, minItems: 1, maxItems: 1 });
  return {
    callback_url: { anyOf: [written, ...(place === 'json' ? [alone(written)] : []), { enum: nothing }] },
    callback_method: { anyOf: [{ enum: [...METHODS, ...nothing] }, ...(place === 'json' ? [alone({ enum: METHODS })] : [])] },
  };
}

/** Where the reply of a request goes; undefined when it is waited for. */
export function readCallback(raw: RawParameters): { readonly url: string; readonly method: 'GET' | 'POST' } | undefined {
  const method = isAbsent(raw.callback_method) ? 'POST' : onlyOf(raw.callback_method);
  if (method !== 'GET' && method !== 'POST') {
    throw invalidParameter('callback_method', 'callback_method parameter is invalid: one of GET, POST is expected');
  }
  if (isAbsent(raw.callback_url)) return undefined;
  const url = onlyOf(raw.callback_url);
  if (typeof url !== 'string' || !isWebAddress(url)) {
    throw invalidParameter('callback_url', 'callback_url parameter is invalid: an http or https URL is expected');
  }
  return { url, method };
}

/**
 * Requests that carry `callback_url` (00-conventions.md, Async): stored, answered at once, run afterwards; the real reply is
 * posted to the URL. After a crash they run again with the same idempotency key, so nothing is made twice.
 */
export class AsyncRequests {
  readonly #store: AsyncRequestStore;
  readonly #directory: AccountDirectory;
  readonly #node: string;
  readonly #forwarding: Pick<Forwarding, 'serve'>;
  readonly #commands = new Map<string, AnyCommand>();
  readonly #waiting: AsyncRequestRow[] = [];
  /** Ids of those waiting or being run. */
  readonly #inHand = new Set<string>();
  readonly #stop = new AbortController();
  #running = 0;
  #idle: (() => void)[] = [];
  #services: Services | undefined;

  constructor(store: AsyncRequestStore, directory: AccountDirectory, node: string, forwarding: Pick<Forwarding, 'serve'>) {
    this.#store = store;
    this.#directory = directory;
    this.#node = node;
    this.#forwarding = forwarding;
  }

  /** Takes up what an earlier process of this node was killed over. */
  async start(commands: readonly AnyCommand[], services: Services): Promise<void> {
    this.#services = services;
    for (const command of commands) this.#commands.set(command.name, command);
    for (const row of await this.#store.ofNode(this.#node)) this.#enqueue(row);
  }

  /** Runs what a node that has died had accepted. */
  async takeOver(dead: string): Promise<void> {
    await this.#store.takeOver(dead, this.#node);
    for (const row of await this.#store.ofNode(this.#node)) this.#enqueue(row);
  }

  /** @param callback read from `raw`, whose other parameters have been found good */
  async accept(
    command: AnyCommand,
    scope: Scope,
    raw: RawParameters,
    callback: NonNullable<ReturnType<typeof readCallback>>,
    request: { readonly apiId: string; readonly ip: string },
  ): Promise<Reply> {
    if (this.#waiting.length >= MAX_WAITING) {
      throw new Problem('unavailable', 'too many asynchronous requests are waiting, try again', { retryAfterSeconds: 5 });
    }
    // What the command does not know is not kept: nothing has been said about it, not even that it can be stored.
    const known = new Set(Object.keys(command.parameters.properties));
    const parameters = Object.fromEntries(Object.entries(raw).filter(([name]) => known.has(name)));
    const row: AsyncRequestRow = {
      id: request.apiId,
      authId: scope.authId,
      byMainAccount: scope.byMainAccount,
      command: command.name,
      parameters,
      requesterIp: request.ip,
      callbackUrl: callback.url,
      callbackMethod: callback.method,
      createdAt: this.#now(),
    };
    await this.#store.insert(row, this.#node);
    this.#enqueue(row);
    return { status: command.asyncStatus ?? 202, body: { message: 'async api spawned' } };
  }

  /** Resolves when nothing is running any more. What still waits stays stored and runs at the next start. */
  async stop(): Promise<void> {
    this.#stop.abort();
    for (const row of this.#waiting.splice(0)) this.#inHand.delete(row.id);
    if (this.#running > 0) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  #enqueue(row: AsyncRequestRow): void {
    if (this.#inHand.has(row.id) || this.#stop.signal.aborted) return;
    this.#inHand.add(row.id);
    this.#waiting.push(row);
    this.#next();
  }

  #next(): void {
    while (this.#running < CONCURRENCY) {
      const row = this.#waiting.shift();
      if (!row) break;
      this.#running++;
      this.#run(row)
        .catch((error: unknown) => this.#services?.log.error({ api_id: row.id, err: error }, 'asynchronous request failed'))
        .finally(() => {
          this.#inHand.delete(row.id);
          this.#running--;
          this.#next();
          if (this.#running === 0) for (const resolve of this.#idle.splice(0)) resolve();
        });
    }
  }

  /** Runs the request, again while storage is away, and records its reply. */
  async #run(row: AsyncRequestRow): Promise<void> {
    let reply = await this.#execute(row);
    for (let tries = 1; reply.status === UNAVAILABLE && tries < MAX_TRIES && (await this.#mayRetry()); tries++) {
      reply = await this.#execute(row);
    }
    const tag = this.#commands.get(row.command)?.tag ?? '';
    for (let tries = 1; ; tries++) {
      try {
        await this.#store.complete(row, { status: reply.status, body: { api_id: row.id, ...reply.body }, tag }, this.#now());
        return;
      } catch (error) {
        if (!isPassingFailure(error) || tries >= MAX_TRIES || !(await this.#mayRetry())) throw error;
      }
    }
  }

  /** False when the server stops: what is stored runs at the next start. */
  async #mayRetry(): Promise<boolean> {
    await this.#services?.clock.sleep(RETRY_MS, this.#stop.signal).catch(() => undefined);
    return !this.#stop.signal.aborted;
  }

  async #execute(row: AsyncRequestRow): Promise<Reply> {
    const services = this.#services;
    const command = this.#commands.get(row.command);
    if (!services || !command) return { status: 500, body: { error: 'internal server error', error_code: 'server_error' } };
    try {
      const scope = await scopeOf(this.#directory, row);
      const run = command.prepare(row.parameters);
      const { id, requesterIp } = row;
      const call = { scope, apiId: id, requesterIp, userAgent: '', files: [], now: this.#now(), idempotencyKey: id };
      return await this.#forwarding.serve(command, row.parameters, call, services, () => run(call, services));
    } catch (error) {
      const { status, body } = renderError(toProblem(error, row.id, services.log), row.id);
      return { status, body };
    }
  }

  #now(): number {
    return this.#services?.clock.now() ?? 0;
  }
}

const isAbsent = (given: unknown): boolean => given === undefined || given === null || given === '';

/** The Python SDK puts both parameters into arrays where it starts a multiparty call (multiparty-calls.md §1.4). */
const onlyOf = (given: unknown): unknown => (Array.isArray(given) && given.length === 1 ? given[0] : given);
