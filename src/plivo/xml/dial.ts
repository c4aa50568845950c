import type { DialElement, DialTarget } from '../../voice/document.ts';
import { parseSipHeaders } from '../sip-headers.ts';
import { callerIdOf, callerNameOf } from './caller.ts';
import type { ElementDefinition, ElementReader } from './element.ts';
import { LONGEST_CALL_S } from './limits.ts';
import { number } from './number.ts';
import { user } from './user.ts';

const RING_TIMEOUT_S = 120;
const TIME_LIMIT_S = 14_400;
const CONFIRM_TIMEOUT_S = 120;
/** Patterns of digitsMatch are compared at each key; more than this is no menu. */
const MAX_PATTERNS = 100;

const destinations: readonly ElementDefinition<DialTarget>[] = [number, user];

/** Calls others and bridges the first to answer (voice-xml.md §6.9). */
export const dial: ElementDefinition<DialElement> = {
  name: 'Dial',
  read(element) {
    const confirmSound = element.value('confirmSound');
    const headers = parseSipHeaders(element.value('sipHeaders'));
    for (const reason of headers.dropped) element.note(`drops a header: ${reason}`);
    const callType = element.value('callType') ?? 'voice';
    if (callType !== 'voice') element.note('places a voice call: other call types are not available');
    const targets = element
      .children(destinations)
      .map((target) => (target.kind === 'user' ? { ...target, headers: { ...headers.headers, ...target.headers } } : target));
    if (targets.length === 0) return element.refuse('needs a <Number> or <User>');
    return {
      element: 'Dial',
      action: element.target('action', 'method'),
      redirect: element.boolean('redirect', true),
      timeoutMs: element.seconds('timeout', { initial: RING_TIMEOUT_S, min: 1, max: LONGEST_CALL_S }),
      timeLimitMs: element.seconds('timeLimit', { initial: TIME_LIMIT_S, min: 1, max: LONGEST_CALL_S }),
      callerId: callerIdOf(element),
      callerName: callerNameOf(element),
      hangupOnStar: element.boolean('hangupOnStar', false),
      confirmSound,
      confirmKey: confirmKey(element, confirmSound),
      confirmTimeoutMs: element.seconds('confirmTimeout', { initial: CONFIRM_TIMEOUT_S, min: 1, max: LONGEST_CALL_S }),
      dialMusic: dialMusic(element),
      callback: element.target('callbackUrl', 'callbackMethod'),
      digitsMatch: digitPatterns(element, 'digitsMatch'),
      digitsMatchBLeg: digitPatterns(element, 'digitsMatchBLeg'),
      targets,
    };
  },
};

/** Nobody is asked for a key without a sound that asks. */
function confirmKey(element: ElementReader, confirmSound: string | undefined): string | undefined {
  const key = element.value('confirmKey');
  if (key === undefined) return undefined;
  if (!/^[0-9*#]$/.test(key)) element.note('ignores confirmKey: it is not one of 0-9 * #');
  else if (confirmSound === undefined) element.note('ignores confirmKey: it needs confirmSound');
  else return key;
  return undefined;
}

/** `none` is a value here: the caller hears silence. */
function dialMusic(element: ElementReader): DialElement['dialMusic'] {
  const text = element.raw('dialMusic') ?? '';
  if (text === '') return { kind: 'ringback' };
  return text === 'real' || text === 'none' ? { kind: text } : { kind: 'url', url: text };
}

/** Digits that are watched for, several joined by commas. */
export function digitPatterns(element: ElementReader, name: string): readonly string[] {
  const all = (element.value(name) ?? '').split(',').map((pattern) => pattern.trim());
  const usable = all.filter((pattern) => /^[0-9A-D*#]+$/.test(pattern)).slice(0, MAX_PATTERNS);
  if (usable.length < all.length && all.join('') !== '')
    element.note(`leaves out of ${name} what is not digits, or more than ${MAX_PATTERNS} patterns`);
  return usable;
}
