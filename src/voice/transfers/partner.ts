import type { Clock } from '../../runtime/clock.ts';
import type { Call } from '../call.ts';
import type { CallFlow, FlowStart } from '../call-flow.ts';
import { Connection } from '../connection.ts';
import type { RunningDial } from '../element-context.ts';
import { hangupCause } from '../hangup-cause.ts';
import type { LiveCall, LiveCalls } from '../live-calls.ts';
import type { TransferRequest } from './transfer-request.ts';

/** Whom a call talks to. */
export interface Partner {
  readonly call: Call;
  /** The Dial that connects the two. */
  readonly dial: RunningDial;
  /** It is the partner's Dial, not that of the call itself. */
  readonly holds: boolean;
  /** Gives a partner that ran no document of its own something to do. */
  goOn(flowOf: (call: Call) => CallFlow, start: FlowStart): void;
}

/** Undefined for a call that is connected with nobody, or with a whole room. */
export function partnerOf(call: Call, live: LiveCalls): Partner | undefined {
  const own = live.find(call.id)?.flow?.dial;
  const connected = own?.connected;
  if (own && connected) return { call: connected, dial: own, holds: false, goOn: goOnOf(connected, live) };
  const holder = live.dialledBy(call);
  const dial = holder?.flow?.dial;
  return holder && dial && { call: holder.call, dial, holds: true, goOn: () => undefined };
}

const goOnOf =
  (call: Call, live: LiveCalls): Partner['goOn'] =>
  (flowOf, start) => {
    const found: LiveCall | undefined = live.find(call.id);
    if (!found) return;
    found.flow = flowOf(call);
    void found.flow.run(start);
  };

/** What a call does that is connected with another until one of them leaves. */
export function connectedWith(peer: Call): Extract<FlowStart, { readonly kind: 'element' }> {
  return {
    kind: 'element',
    run: async (context) => ({ kind: 'end', cause: (await new Connection(context, peer).run()).cause }),
  };
}

/** Who has passed a call on hangs up by itself when it knows the outcome; one that does not within this time is hung up. */
const FAREWELL_MS = 2_000;

/** Tells who has asked for a transfer that it is done, and ends its call. */
export function leave(transferor: Call, request: TransferRequest, clock: Clock): void {
  const end = () => transferor.hangUp(hangupCause(4000, transferor.facts.direction === 'inbound' ? 'Caller' : 'Callee'));
  void request.report(200);
  if (transferor.gone.aborted) return;
  const cancel = clock.after(FAREWELL_MS, end);
  transferor.watch({ ended: cancel });
}
