import type pg from 'pg';
import { takeDue } from '../billing/charge-store.ts';
import type { Micros } from '../billing/money.ts';
import type { CallFacts, EndedFacts } from './call-facts.ts';
import type { CallStore } from './call-store.ts';
import type { ElementUrl } from './document.ts';
import { hangupCause } from './hangup-cause.ts';
import { factsOfOpenCall } from './open-call-facts.ts';
import type { AbandonedCall, OpenCallStore } from './open-call-store.ts';
import { chargeCall } from './pricing.ts';
import { detectionDue } from './stored-call-records.ts';

/** Writes the hangup webhook of a leg in the transaction that closes it. Resolves with what is called after the commit. */
export type HangupNotifier = (client: pg.ClientBase, call: CallFacts, target: ElementUrl) => Promise<() => void>;

/**
 * Closes the legs that a dead process of `node` had in hand, and puts the calls it had not begun to dial back into the queue. A closed
 * leg ends with 5010 when the process was last known to run, and is billed up to then: at most one beat of the engine too little.
 * May run twice, also on two nodes at once. Run it before the engine of the same node beats.
 */
export async function closeAbandoned(
  node: string,
  open: Pick<OpenCallStore, 'openOf' | 'freeQueued'>,
  calls: Pick<CallStore, 'end'>,
  notifyHangup: HangupNotifier,
  detectionPrice: () => Micros = () => 0,
): Promise<{ readonly closed: number; readonly requeued: number }> {
  const requeued = await open.freeQueued(node);
  const abandoned = await open.openOf(node);
  const closed = await Promise.all(
    abandoned.map((call) => {
      const { hangup } = call.options;
      const ended = endOf(call);
      const isDetected = call.answeredAt !== undefined && call.options.dial?.machine !== undefined;
      const detection = isDetected ? detectionPrice() : 0;
      const also = async (client: pg.ClientBase) => {
        await takeDue(client, [detectionDue(call, detection, ended.at)]);
        const facts = { ...factsOfOpenCall(call), status: statusOf(call), ended };
        return hangup ? notifyHangup(client, facts, hangup) : () => undefined;
      };
      return calls.end(call.callId, { ended }, hangup || detection > 0 ? also : undefined);
    }),
  );
  return { closed: closed.filter(Boolean).length, requeued };
}

function endOf(call: AbandonedCall): EndedFacts {
  const charge = chargeCall(call.rate, call.answeredAt, call.lastActiveAt);
  return { at: call.lastActiveAt, cause: hangupCause(5010, 'Error'), ...charge };
}

const statusOf = (call: AbandonedCall): CallFacts['status'] => (call.answeredAt === undefined ? 'failed' : 'completed');
