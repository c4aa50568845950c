import { elementRunner, NEXT } from '../element-context.ts';

/** Length of a tone and of the gap after it; what carriers' own menus send. */
const TONE_MS = 100;
const GAP_MS = 100;

/** Sends digits (voice-xml.md §6.4). `async` goes on after the first one. */
export const dtmf = elementRunner('DTMF', true, async (element, { media, signal }) => {
  const leg = await media();
  const sending = leg.sendDigits(element.digits, { method: 'rfc4733', toneMs: TONE_MS, gapMs: GAP_MS }, signal);
  await (element.async ? sending.firstSent : sending.allSent);
  return NEXT;
});
