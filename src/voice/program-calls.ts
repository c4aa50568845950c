import type { Scope } from '../accounts/account.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Call } from './call.ts';
import type { CallProgram } from './call-program.ts';
import type { FlowServices } from './flow-services.ts';
import { hangupCause } from './hangup-cause.ts';
import type { LiveCalls } from './live-calls.ts';
import type { PlacedLegs } from './placed-legs.ts';

export interface ProgramCallRequest {
  readonly from: string;
  /** Digits. */
  readonly to: string;
  readonly ringMs: number;
  readonly timeLimitMs: number;
  readonly requesterIp: string;
}

/** Calls that run a program of this server when they are answered. */
export interface ProgramCalls {
  /** Resolves with the call's id when it is stored. @throws Problem */
  start(scope: Scope, request: ProgramCallRequest, program: CallProgram): Promise<string>;
}

export interface PlacedProgramCallsOptions {
  readonly legs: Pick<PlacedLegs, 'place'>;
  readonly live: LiveCalls;
  readonly services: FlowServices;
  readonly clock: Clock;
  readonly ids: Ids;
}

export class PlacedProgramCalls implements ProgramCalls {
  readonly #options: PlacedProgramCallsOptions;

  constructor(options: PlacedProgramCallsOptions) {
    this.#options = options;
  }

  async start(scope: Scope, request: ProgramCallRequest, program: CallProgram): Promise<string> {
    const { from, to, ringMs, timeLimitMs, requesterIp } = request;
    const legs = { from, to: [to], callerName: undefined, headers: {}, hangup: undefined, requesterIp, timeLimitMs };
    const [leg] = await this.#options.legs.place(scope, legs);
    if (!leg) throw new Error('no leg was placed');
    void leg.dial().then((call) => this.#whenAnswered(call, ringMs, program));
    return leg.callId;
  }

  #whenAnswered(call: Call, ringMs: number, program: CallProgram): void {
    const { clock, ids, live, services } = this.#options;
    const cancelRing = clock.after(ringMs, () => call.hangUp(hangupCause(6010, 'Plivo')));
    call.watch({
      progressed: (progress) => {
        if (progress !== 'answered') return;
        cancelRing();
        const found = live.find(call.id);
        if (found) void program.run(found, services, () => ids.uuid());
      },
      ended: cancelRing,
    });
    if (call.gone.aborted) cancelRing();
  }
}
