import type { Call } from '../call.ts';
import type { CallFlow } from '../call-flow.ts';
import { hangupCause } from '../hangup-cause.ts';
import { connectedWith, type Partner } from './partner.ts';

/** A call and whom it talks to. */
export interface Pair {
  readonly call: Call;
  readonly partner: Partner;
}

/** Nobody acts between the suspension of two Dials and its end here. */
const NOBODY_WAITS = () => undefined;

/**
 * Connects the partners of two calls with each other; the calls are then without one and are to be hung up. Who of the two has a Dial
 * goes on in it. If neither has, the first gets something to do; if both have, both go on, and the one that stays alone goes on with its
 * document. False when a transfer of either is under way.
 */
export function joinPartners(first: Pair, second: Pair, flowOf: (call: Call) => CallFlow): boolean {
  const [p, q] = [first.partner, second.partner];
  const ofP = p.dial.suspend(NOBODY_WAITS);
  const ofQ = ofP && q.dial.suspend(NOBODY_WAITS);
  if (!ofQ) {
    ofP?.resume(hangupCause(5010, 'Plivo'));
    return false;
  }
  if (p.holds && q.holds) {
    const shared = { over: new AbortController(), isMade: false };
    ofP.replace(q.call, shared);
    ofQ.replace(p.call, shared);
  } else if (p.holds) {
    ofQ.handOver();
    ofP.replace(q.call);
  } else {
    ofP.handOver();
    if (q.holds) ofQ.replace(p.call);
    else {
      ofQ.handOver();
      p.goOn(flowOf, connectedWith(q.call));
    }
  }
  return true;
}

/** Lets `next` take the place of a call that is connected. False when a transfer of it is under way. */
export function takePlace(next: Call, { partner }: Pair, goOn: (start: ReturnType<typeof connectedWith>) => void): boolean {
  const suspension = partner.dial.suspend(NOBODY_WAITS);
  if (!suspension) return false;
  if (partner.holds) suspension.replace(next);
  else {
    suspension.handOver();
    goOn(connectedWith(partner.call));
  }
  return true;
}
