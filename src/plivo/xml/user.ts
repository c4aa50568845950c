import type { DialTarget } from '../../voice/document.ts';
import { parseSipHeaders } from '../sip-headers.ts';
import { callerIdOf, callerNameOf } from './caller.ts';
import type { ElementDefinition, ElementReader } from './element.ts';
import { sendDigitsOf } from './send-digits.ts';

const MIN_PASSWORD_CHARACTERS = 8;
const MAX_PASSWORD_CHARACTERS = 128;

/** A SIP address to dial (voice-xml.md §6.9). */
export const user: ElementDefinition<DialTarget> = {
  name: 'User',
  read(element) {
    const address = element.text();
    if (address === '') return element.refuse('has no SIP address');
    if (/[\s,|]/.test(address)) return element.refuse('holds more than one address: write a <User> for each');
    const { headers, dropped } = parseSipHeaders(element.value('sipHeaders'));
    for (const reason of dropped) element.note(`drops a header: ${reason}`);
    return {
      kind: 'user',
      address,
      ...sendDigitsOf(element),
      callerId: callerIdOf(element),
      callerName: callerNameOf(element),
      headers,
      credentials: credentialsOf(element),
    };
  },
};

/** The answer to a challenge of the other side. Neither part is ever repeated in a note. */
function credentialsOf(element: ElementReader): DialTarget['credentials'] {
  const username = element.value('sipAuthUsername');
  const password = element.value('sipAuthPassword');
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined || password === undefined) {
    element.note('ignores its credentials: sipAuthUsername and sipAuthPassword go together');
    return undefined;
  }
  if (password.length < MIN_PASSWORD_CHARACTERS || password.length > MAX_PASSWORD_CHARACTERS) {
    element.note(
      `ignores its credentials: sipAuthPassword has not ${MIN_PASSWORD_CHARACTERS} to ${MAX_PASSWORD_CHARACTERS} characters`,
    );
    return undefined;
  }
  return { username, password };
}
