import { elementRunner, NEXT } from '../element-context.ts';
import { hangupCause } from '../hangup-cause.ts';

/** Ends the call, rejects it when it is not answered, or plans its end (voice-xml.md §6.11). */
export const hangup = elementRunner('Hangup', false, async (element, { call, session }) => {
  if (element.scheduleMs > 0) {
    session.scheduleHangup(element.scheduleMs);
    return NEXT;
  }
  const rejects = !call.answered && call.facts.direction === 'inbound';
  const code = !rejects ? 4000 : element.reason === 'busy' ? 3010 : element.reason === 'rejected' ? 3020 : 4000;
  return { kind: 'end', cause: hangupCause(code, element.source ?? 'Answer XML') };
});
