import type { Account } from '../accounts/account.ts';
import type { Application } from '../accounts/application.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import { Call, type CallEnvironment } from './call.ts';
import { CallFlow } from './call-flow.ts';
import { CallPace } from './call-pace.ts';
import type { CallProgram } from './call-program.ts';
import type { CallRates } from './call-rates.ts';
import type { FlowServices } from './flow-services.ts';
import { incomingIdentity } from './incoming-identity.ts';
import type { IncomingCall } from './leg-maker.ts';
import type { LiveCalls } from './live-calls.ts';

/** Whose call it is, and what answers it: the documents of an application, or a program of this server. */
export type InboundTarget = { readonly owner: Account } & (
  | {
      readonly application: Application;
      readonly program?: undefined;
      readonly trunkId?: undefined;
      readonly isSecure?: undefined;
      /** Name of the caller, looked up because the number wants it; `""` = none is known. */
      readonly cnam?: string | undefined;
    }
  | {
      readonly application?: undefined;
      readonly program: CallProgram;
      readonly trunkId?: string | undefined;
      /** The trunk's calls go over TLS and with SRTP. */
      readonly isSecure?: boolean | undefined;
      readonly cnam?: undefined;
    }
);

export interface InboundCallsOptions extends CallEnvironment {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly live: LiveCalls;
  readonly rates: CallRates;
  readonly services: FlowServices;
  account(authId: string): Promise<Account | undefined>;
  /** The number, endpoint or application that was called; undefined = there is none. */
  targetOf(incoming: IncomingCall): Promise<InboundTarget | undefined>;
}

/** voice-api.md §2; an account's setting may say otherwise. */
const DEFAULT_CALLS_PER_SECOND = 10;
/** voice-api.md §2: calls end after 24 hours at the latest. */
export const MAX_DURATION_MS = 86_400_000;

/** Calls that may come in in a second: said of a main account, and shared by its subaccounts as the calls that go out are. */
export const inboundRateOf = ({ settings }: Account): number => settings.inboundCallsPerSecond ?? DEFAULT_CALLS_PER_SECOND;

/** Calls that come in: finds the application, opens the record, rings, and runs what the application answers. */
export class InboundCalls {
  readonly #options: InboundCallsOptions;
  readonly #pace: CallPace;
  #draining = false;

  constructor(options: InboundCallsOptions) {
    this.#options = options;
    this.#pace = new CallPace(options.clock);
  }

  /** Takes no more calls. */
  drain(): void {
    this.#draining = true;
  }

  async arrive(incoming: IncomingCall): Promise<void> {
    if (this.#draining) return incoming.refuse(503, 'Service Unavailable');
    const target = await this.#options.targetOf(incoming);
    if (!target) return incoming.refuse(404, 'Not Found');
    const { owner, application, program, trunkId, isSecure, cnam } = target;
    const accountId = owner.parentId ?? owner.authId;
    const main = owner.parentId === null ? owner : await this.#options.account(accountId);
    if (!owner.enabled || !main?.enabled) return incoming.refuse(403, 'Forbidden');
    if (application?.answerUrl === '') return incoming.refuse(480, 'Temporarily Unavailable');
    if (!this.#pace.take(accountId, inboundRateOf(main))) return incoming.refuse(486, 'Busy Here');
    const reached = { application, trunkId, isSecure, cnam };
    const start = incomingIdentity(incoming, this.#options.ids.uuid(), owner, reached, this.#options.rates);
    const call = new Call({ ...start, isNew: true, timeLimitMs: MAX_DURATION_MS, leg: incoming.leg }, this.#options);
    const { place, refusal } = this.#options.live.places.takeInbound(main);
    const live = this.#options.live.add(call, place);
    if (call.gone.aborted) return;
    if (refusal) return call.hangUp(refusal);
    if (cnam !== undefined) this.#options.services.charges.take(call.facts, 'cnam_lookup', 1);
    call.ring();
    if (program) return program.run(live, this.#options.services, () => this.#options.ids.uuid());
    live.flow = new CallFlow(call, this.#options.services, () => this.#options.ids.uuid());
    await live.flow.run({
      kind: 'answer',
      answer: { url: application.answerUrl, method: application.answerMethod },
      fallback: { url: application.fallbackAnswerUrl, method: application.fallbackMethod },
    });
  }
}
