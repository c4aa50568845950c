import { elementRunner } from '../element-context.ts';
import { outcomeOf } from '../follow.ts';

/** Goes on with another document (voice-xml.md §6.10). */
export const redirect = elementRunner('Redirect', true, async (element, { call, services, signal }) =>
  outcomeOf(
    await services.application.fetch(
      { purpose: 'redirect', target: element.target, call: call.facts, wantsDocument: true },
      signal,
    ),
    'redirect',
  ),
);
