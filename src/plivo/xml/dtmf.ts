import type { DtmfElement } from '../../voice/document.ts';
import type { ElementDefinition } from './element.ts';

/** Tones, `w` and `W` are pauses of half a second and a second. */
const DIGITS = /^[0-9*#wW]+$/;

/** Sends tones (voice-xml.md §6.4). */
export const dtmf: ElementDefinition<DtmfElement> = {
  name: 'DTMF',
  read(element) {
    const digits = element.text().replaceAll(/\s/g, '');
    if (!DIGITS.test(digits)) return element.refuse('may hold only the digits 0-9 * # and the pauses w W');
    return { element: 'DTMF', digits, async: element.boolean('async', true) };
  },
};
