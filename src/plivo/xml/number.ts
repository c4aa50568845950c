import type { DialTarget } from '../../voice/document.ts';
import { parseSipHeaders } from '../sip-headers.ts';
import { callerIdOf, callerNameOf } from './caller.ts';
import { dialledNumber } from './dialled-number.ts';
import type { ElementDefinition } from './element.ts';
import { sendDigitsOf } from './send-digits.ts';

/** A telephone number to dial (voice-xml.md §6.9). */
export const number: ElementDefinition<DialTarget> = {
  name: 'Number',
  read(element) {
    const address = dialledNumber(element.text());
    if (address === '') return element.refuse('has no number');
    if (/[,|]/.test(address)) return element.refuse('holds more than one number: write a <Number> for each');
    const { headers, dropped } = parseSipHeaders(element.value('sipHeaders'));
    for (const reason of dropped) element.note(`drops a header: ${reason}`);
    return {
      kind: 'number',
      address,
      ...sendDigitsOf(element),
      callerId: callerIdOf(element),
      callerName: callerNameOf(element),
      headers,
      credentials: undefined,
    };
  },
};
