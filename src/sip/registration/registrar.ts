import type { Clock } from '../../runtime/clock.ts';
import type { Random } from '../../runtime/random.ts';
import type { DigestAlgorithm } from '../digest.ts';
import { createDigestVerifier, type DigestVerifier, type Ha1Lookup } from '../digest-verifier.ts';
import { parseNameAddress } from '../name-address.ts';
import type { IncomingRequest } from '../request-core.ts';
import type { HeaderList } from '../responses.ts';
import type { Target } from '../transports/flow.ts';
import { parseSipUri } from '../uri.ts';
import { applyRegister, type RegistrationPolicy } from './apply-register.ts';
import type { Binding, BindingStore } from './binding.ts';

export interface RegistrarOptions {
  readonly clock: Clock;
  readonly random: Random;
  /** Of the digest; stored hashes belong to it. */
  readonly realm: string;
  /** The hashes of a user, undefined for nobody. */
  readonly lookup: Ha1Lookup;
  readonly store: BindingStore;
  readonly policy?: RegistrationPolicy;
  /** What challenges offer; by default all. */
  readonly algorithms?: readonly DigestAlgorithm[];
  /** Another proof of who registers than a password; undefined when the request has none, and the password counts. */
  readonly proof?: (incoming: IncomingRequest) => Promise<RegisterProof | undefined>;
  /** Hears of wrong credentials and unknown users, with the address that sent them. */
  readonly onRefused?: (address: string) => void;
  /** Hears of every change of a user's bindings, by REGISTER and by expiry. */
  readonly onChange?: (username: string, bindings: readonly Binding[]) => void;
}

/** What something else than a password proves. */
export type RegisterProof =
  | {
      readonly kind: 'ok';
      /** Whose binding it is. */
      readonly username: string;
      /** Without it the answer is as always, but nobody is reached there. */
      readonly isKept: boolean;
      /** Milliseconds since the epoch; the binding ends then at the latest. */
      readonly expiresAt: number;
      /** Of the answer. */
      readonly headers: HeaderList;
    }
  | { readonly kind: 'refused'; readonly status: number; readonly headers: HeaderList };

/** An hour is what phones ask for; below a minute they would burden more than they tell. */
const DEFAULT_POLICY: RegistrationPolicy = { least: 60, most: 7200, usual: 3600, contacts: 10 };
/** REGISTERs of one user that wait for the one before. A phone sends one at a time. */
const MOST_WAITING = 20;

type Proved = Extract<RegisterProof, { kind: 'ok' }>;

interface Line {
  waiting: number;
  last: Promise<void>;
}

/** A registrar (RFC 3261 §10.3): the address of record is the user's name, which digest authentication proves. */
export class Registrar {
  readonly #options: RegistrarOptions;
  readonly #policy: RegistrationPolicy;
  readonly #verifier: DigestVerifier;
  readonly #expiries = new Map<string, () => void>();
  readonly #lines = new Map<string, Line>();
  #isStopped = false;

  constructor(options: RegistrarOptions) {
    const { clock, random, realm, policy = DEFAULT_POLICY, algorithms } = options;
    this.#options = options;
    this.#policy = policy;
    this.#verifier = createDigestVerifier({ clock, random, realm, ...(algorithms && { algorithms }) });
  }

  /** Where the user is reached now, most wanted first. */
  async bindings(username: string): Promise<readonly Binding[]> {
    const now = this.#options.clock.now();
    const live = (await this.#options.store.read(username)).filter(({ expiresAt }) => expiresAt > now);
    return live.sort((a, b) => b.q - a.q);
  }

  /** Forgets every binding of the user. */
  remove(username: string): Promise<void> {
    return this.#inLine(username, () => this.#write(username, []));
  }

  /** Serves a REGISTER: what `SipStack.onRegister` takes. */
  handle = (incoming: IncomingRequest): void => {
    this.#serve(incoming).catch(() => incoming.respond(500));
  };

  stop(): void {
    this.#isStopped = true;
    for (const cancel of this.#expiries.values()) cancel();
    this.#expiries.clear();
  }

  async #serve(incoming: IncomingRequest): Promise<void> {
    const proof = await this.#options.proof?.(incoming);
    if (proof?.kind === 'refused') {
      this.#options.onRefused?.(incoming.source.address);
      return incoming.respond(proof.status, { headers: proof.headers });
    }
    if (proof !== undefined) return this.#enter(proof.username, incoming, proof);
    const { request } = incoming;
    const credentials = request.headers.all('Authorization');
    const { method, uri, body } = request;
    const verdict = await this.#verifier.verify({ method, uri, body, credentials }, this.#options.lookup);
    if (verdict.kind === 'absent' || verdict.kind === 'stale') {
      const challenges = this.#verifier.challenge({ stale: verdict.kind === 'stale' });
      return incoming.respond(401, { headers: challenges.map((value) => ['WWW-Authenticate', value] as const) });
    }
    if (verdict.kind === 'malformed') return incoming.respond(400, { reason: 'Malformed credentials' });
    const registered = parseSipUri(parseNameAddress(request.headers.get('To') ?? '')?.uri ?? '')?.user;
    if (verdict.kind !== 'ok' || registered !== verdict.username) {
      this.#options.onRefused?.(incoming.source.address);
      return incoming.respond(403);
    }
    return this.#enter(registered, incoming);
  }

  async #enter(username: string, incoming: IncomingRequest, proof?: Proved): Promise<void> {
    if ((this.#lines.get(username)?.waiting ?? 0) >= MOST_WAITING) {
      return incoming.respond(503, { headers: [['Retry-After', '5']] });
    }
    return this.#inLine(username, () => this.#register(username, incoming, proof));
  }

  async #register(username: string, { request, source, respond }: IncomingRequest, proof?: Proved): Promise<void> {
    const { store, clock } = this.#options;
    const place: Target = { transport: source.transport, address: source.address, port: source.port };
    const isKept = proof?.isKept !== false;
    const stored = isKept ? await store.read(username) : [];
    const outcome = applyRegister(stored, request, place, clock.now(), this.#policyOf(proof));
    if (outcome.kind === 'refused') {
      const { status, reason } = outcome;
      const headers: HeaderList = status === 423 ? [['Min-Expires', String(this.#policy.least)]] : [];
      return respond(status, { headers, ...(reason === undefined ? {} : { reason }) });
    }
    const { bindings } = outcome;
    if (isKept && request.headers.has('Contact')) await this.#write(username, bindings);
    const now = clock.now();
    const contacts = bindings.map(({ contact, q, expiresAt }) => {
      const seconds = Math.max(0, Math.round((expiresAt - now) / 1000));
      return ['Contact', `<${contact}>;expires=${seconds}${q === 1 ? '' : `;q=${q}`}`] as const;
    });
    const paths = request.headers.all('Path').map((value) => ['Path', value] as const);
    return respond(200, { headers: [...contacts, ...paths, ...(proof?.headers ?? [])] });
  }

  /** What has been proved for a time is not believed for longer. */
  #policyOf(proof: Proved | undefined): RegistrationPolicy {
    if (proof === undefined) return this.#policy;
    const left = Math.floor((proof.expiresAt - this.#options.clock.now()) / 1000);
    const most = Math.max(1, Math.min(this.#policy.most, left));
    return { ...this.#policy, most, least: Math.min(this.#policy.least, most) };
  }

  async #write(username: string, bindings: readonly Binding[]): Promise<void> {
    await this.#options.store.write(username, bindings);
    this.#watch(username, bindings);
    this.#options.onChange?.(username, bindings);
  }

  /** Wakes when the next binding expires. */
  #watch(username: string, bindings: readonly Binding[]): void {
    this.#expiries.get(username)?.();
    this.#expiries.delete(username);
    if (bindings.length === 0 || this.#isStopped) return;
    const { clock } = this.#options;
    const next = Math.min(...bindings.map(({ expiresAt }) => expiresAt));
    const expire = () => {
      this.#expiries.delete(username);
      this.#inLine(username, () => this.#expire(username)).catch(() => {
        // The store is out of reach: what has expired is left out on reading all the same.
      });
    };
    this.#expiries.set(username, clock.after(Math.max(0, next - clock.now()), expire));
  }

  async #expire(username: string): Promise<void> {
    const { store, clock } = this.#options;
    const now = clock.now();
    await this.#write(
      username,
      (await store.read(username)).filter(({ expiresAt }) => expiresAt > now),
    );
  }

  /** One after the other for each user. */
  #inLine(username: string, task: () => Promise<void>): Promise<void> {
    const line = this.#lines.get(username) ?? { waiting: 0, last: Promise.resolve() };
    this.#lines.set(username, line);
    line.waiting++;
    const done = line.last.then(task).finally(() => {
      line.waiting--;
      if (line.waiting === 0) this.#lines.delete(username);
    });
    line.last = done.catch(() => {});
    return done;
  }
}
