import { elementRunner, NEXT } from '../element-context.ts';
import { followAction } from '../follow.ts';

/** Puts the call into a conference until it leaves or the conference ends (voice-xml.md §6.13). A full one is passed over. */
export const conference = elementRunner('Conference', true, async (element, context) => {
  const { call, services, signal } = context;
  const leg = await context.media();
  if (signal.aborted) return NEXT;
  const entered = services.conferences.enter({ call, leg, element, services });
  if (!entered) {
    call.note('conference_full', { conference: element.name, max_members: element.maxMembers });
    return NEXT;
  }
  const { conference: room, member } = entered;
  call.joined(room.id);
  const interrupt = () => member.leave('interrupted');
  signal.addEventListener('abort', interrupt, { once: true });
  if (signal.aborted) interrupt();
  const how = await member.departed;
  signal.removeEventListener('abort', interrupt);
  // A transferred member goes on with its new document, a kicked one with the next element: neither tells a result.
  if (how === 'kicked' || (signal.aborted && !call.gone.aborted)) return NEXT;
  return followAction(context, element.action, element.redirect, {
    element: 'Conference',
    conference: { id: room.id, name: room.name },
    memberId: member.id,
    recording: room.recordedByXml,
  });
});
