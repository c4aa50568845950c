import type { HangupElement } from '../../voice/document.ts';
import type { ElementDefinition } from './element.ts';
import { LONGEST_CALL_S } from './limits.ts';

/** Ends the call, rejects it, or does so later (voice-xml.md §6.11). */
export const hangup: ElementDefinition<HangupElement> = {
  name: 'Hangup',
  read(element) {
    element.text();
    const scheduleMs = element.seconds('schedule', { initial: 0, min: 0, max: LONGEST_CALL_S });
    const reason = element.choice('reason', ['rejected', 'busy'], undefined);
    if (scheduleMs === 0) return { element: 'Hangup', reason, scheduleMs };
    if (reason) element.note('ignores reason: it is scheduled');
    return { element: 'Hangup', reason: undefined, scheduleMs };
  },
};
