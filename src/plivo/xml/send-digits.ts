import type { DialTarget } from '../../voice/document.ts';
import type { ElementReader } from './element.ts';

/** Tones and pauses, perhaps with the length of a tone: `1w2#@300`. */
const SEND_DIGITS = /^[0-9A-D*#wW]+(@\d{1,5})?$/;

type SendDigits = Pick<DialTarget, 'sendDigits' | 'sendOnPreanswer' | 'sendDigitsMethod'>;

/** What Number and User say of tones to send (voice-xml.md §6.9). */
export function sendDigitsOf(element: ElementReader): SendDigits {
  const text = element.value('sendDigits');
  const usable = text !== undefined && SEND_DIGITS.test(text);
  if (text !== undefined && !usable) element.note('sends no digits: sendDigits may hold 0-9 A-D * # w W and @ with milliseconds');
  return {
    sendDigits: usable ? text : undefined,
    // One SDK writes the A as a capital.
    sendOnPreanswer: element.boolean('sendOnPreanswer', false) || element.boolean('sendOnPreAnswer', false),
    sendDigitsMethod: element.value('sendDigitsMode') === 'rfc2833' ? 'rfc4733' : 'inband',
  };
}
