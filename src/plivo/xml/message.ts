import type { MessageElement } from '../../voice/document.ts';
import type { ElementDefinition } from './element.ts';

/** Several recipients are written in one attribute, divided by this. */
const DESTINATION_SEPARATOR = '<';

/** Sends a text message (messaging.md §13, voice-xml.md §6.12). */
export const message: ElementDefinition<MessageElement> = {
  name: 'Message',
  read(element) {
    const text = element.text();
    const type = element.value('type') ?? 'sms';
    if (type !== 'sms') return element.refuse(`has type="${type.slice(0, 20)}": only sms can be sent from XML`);
    const dst = element
      .required('dst')
      .split(DESTINATION_SEPARATOR)
      .map((number) => number.trim())
      .filter((number) => number !== '');
    if (dst.length === 0) return element.refuse('needs a number in the attribute dst');
    if (text === '') return element.refuse('has no text');
    const callbackMethod = element.method('callbackMethod');
    if (callbackMethod !== 'GET' && callbackMethod !== 'POST')
      return element.refuse('has an attribute callbackMethod that is neither GET nor POST');
    return {
      element: 'Message',
      src: element.required('src'),
      dst,
      text,
      callbackUrl: element.httpUrl('callbackUrl'),
      callbackMethod,
    };
  },
};
