import { elementRunner, NEXT } from '../element-context.ts';
import { SENT_TONES } from '../sent-digits.ts';

/** Sends digits (voice-xml.md §6.4). `async` goes on after the first one. */
export const dtmf = elementRunner('DTMF', true, async (element, { media, signal }) => {
  const leg = await media();
  const sending = leg.sendDigits(element.digits, { method: 'rfc4733', ...SENT_TONES }, signal);
  await (element.async ? sending.firstSent : sending.allSent);
  return NEXT;
});
