import type { HangupElement } from '../document.ts';
import { elementRunner, NEXT } from '../element-context.ts';
import { type HangupCause, hangupCause } from '../hangup-cause.ts';

/** Ends the call, rejects it when it is not answered, or plans its end (voice-xml.md §6.11). */
export const hangup = elementRunner('Hangup', false, async (element, { call, session }) => {
  if (element.scheduleMs > 0) {
    session.scheduleHangup(element.scheduleMs);
    return NEXT;
  }
  const rejects = !call.answered && call.facts.direction === 'inbound';
  return { kind: 'end', cause: (rejects ? causeOfRefusal(element) : undefined) ?? normalEnd(element) };
});

/** Why a call that nobody has answered is not taken; undefined where that has no reason of its own. */
function causeOfRefusal({ reason, cause }: HangupElement): HangupCause | undefined {
  if (cause) return cause;
  return reason && hangupCause(reason === 'busy' ? 3010 : 3020, 'Answer XML');
}

const normalEnd = ({ cause }: HangupElement): HangupCause => hangupCause(4000, cause?.source ?? 'Answer XML');
