import { type ElementContext, elementRunner, NEXT } from '../element-context.ts';

/** Runs its children on early media, unanswered and unbilled (voice-xml.md §6.5). On an answered call they simply run. */
export const preAnswer = elementRunner('PreAnswer', false, async (element, context) => {
  const { call, signal } = context;
  const early: ElementContext = { ...context, media: () => (call.answered ? call.answer() : call.openEarly()) };
  for (const child of element.children) {
    if (signal.aborted) return NEXT;
    const outcome = await context.run(child, early);
    if (outcome.kind !== 'next') return outcome;
  }
  return NEXT;
});
