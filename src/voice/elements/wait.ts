import { elementRunner, NEXT } from '../element-context.ts';
import { wait as waitFor } from '../prompts.ts';

/** Waits; on a call that is not answered yet it just rings on (voice-xml.md §6.3). */
export const wait = elementRunner('Wait', false, async (element, { call, services, signal }) => {
  await waitFor(services, call.media, element, signal);
  return NEXT;
});
