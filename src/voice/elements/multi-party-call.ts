import { type ElementOutcome, elementRunner, NEXT } from '../element-context.ts';
import { followAction } from '../follow.ts';
import { departures } from '../multiparty/participant.ts';

/** Puts the call into a multiparty call until it leaves or that ends (multiparty-calls.md §6). A full one is passed over. */
export const multiPartyCall = elementRunner('MultiPartyCall', true, async (element, context): Promise<ElementOutcome> => {
  const { call, services, signal } = context;
  const { invitedTo } = element;
  const leg = await context.media();
  if (signal.aborted) return NEXT;
  const entered = services.multiParty.enter({ call, leg, element, services });
  if (!entered) {
    call.note('multiparty_not_entered', { multiparty: element.name, max_participants: element.settings.maxParticipants });
    return invitedTo === undefined ? NEXT : { kind: 'end', cause: departures.ended.cause };
  }
  const { multiParty, participant } = entered;
  const interrupt = () => participant.leave(call.gone.aborted ? departures.hangup : departures.transferred);
  signal.addEventListener('abort', interrupt, { once: true });
  if (signal.aborted) interrupt();
  const { cause } = await participant.departed;
  signal.removeEventListener('abort', interrupt);
  // A call that has ended tells no exit, and a transferred one goes on with its new document.
  if (signal.aborted) return NEXT;
  const { onExit, role } = element.participant;
  if (!onExit) return invitedTo === undefined ? NEXT : { kind: 'end', cause };
  return followAction(context, onExit, true, {
    element: 'MultiPartyCall',
    multiParty: multiParty.named,
    memberId: participant.id,
    callId: call.id,
    role,
    joinedAt: participant.joinedAt,
    exitedAt: participant.exitedAt ?? services.clock.now(),
  });
});
