/**
 * Destinations of calls at which the simulator's phones do something special (docs/simulator.md is this table in prose). They lie in
 * +1 500 555 like those of messages (../magic-numbers.ts). The last four digits say what happens:
 *
 * | digits | meaning                             |
 * |--------|-------------------------------------|
 * | `3sss` | refused with SIP status `sss`       |
 * | `4xxx` | one behaviour each                  |
 */
import { reasonOf } from '../../../sip/status-reasons.ts';
import { MAGIC_PREFIX } from '../magic-numbers.ts';
import type { PhoneScript, PhoneStep } from './phone-script.ts';

export interface MagicCall {
  readonly number: string;
  /** `dead`: the phone is not there at all, an INVITE gets no reaction. */
  readonly behaviour: PhoneScript | 'dead';
  /** One line for the documentation. */
  readonly description: string;
}

/** Statuses of phones and networks. Those that ask for something (401, 407, 422, ...) would not end a call. */
const REFUSALS = [400, 403, 404, 406, 408, 410, 415, 480, 482, 483, 484, 486, 488, 500, 501, 502, 503, 504, 600, 603, 604, 606];

/** A phone is not answered at once, and nobody likes to wait for tests. */
const RING_MS = 100;
const SLOW_ANSWER_MS = 10_000;
const SHORT_CALL_MS = 2_000;
/** Before the keys: the callee has put the phone to the ear. */
const BEFORE_KEYS_MS = 1_000;
const BEFORE_VANISHING_MS = 1_000;
const HOLD_MS = 2_000;
const EARLY_MS = 2_000;
const EARLY_HZ = 425;
/** Loud enough over a line, 10 dB below what clips. */
const TONE_DBOV = -16;
const CHEERFUL_HZ = [523, 659, 784];
const CHEERFUL_MS = 150;
const KEYS = '1234#';
const GREETING =
  'Hello, you have reached the voice mail of the simulator. Nobody can take your call right now. ' +
  'Please leave a message after the beep, with your name and your number, and we will call you back.';
const MONOLOGUE =
  'This is somebody who does not stop talking, whatever you say, and therefore never leaves you the silence that you may be waiting for. ';
const MONOLOGUE_TIMES = 10;

const ring: PhoneStep = { do: 'ring' };
const answer: PhoneStep = { do: 'answer' };
const wait = (ms: number): PhoneStep => ({ do: 'wait', ms });
const say = (text: string): PhoneStep => ({ do: 'say', text });
const tone = (hz: number, ms: number): PhoneStep => ({ do: 'tone', tone: { hz, ms, dbov: TONE_DBOV } });
const pickUp: PhoneScript = [ring, wait(RING_MS), answer];

/** What every number does that is not in the table. */
export const ordinaryAnswer: PhoneScript = [...pickUp, ...CHEERFUL_HZ.map((hz) => tone(hz, CHEERFUL_MS))];

const behaviours: readonly (readonly [digits: string, behaviour: MagicCall['behaviour'], description: string])[] = [
  ['4001', [ring], 'Rings and is never answered.'],
  ['4002', 'dead', 'No reaction at all, as of a phone that is not there.'],
  ['4003', [...pickUp, { do: 'tone', tone: 'fax-ced' }], 'Answers with the tone of a fax machine: 2100 Hz for 3.3 seconds.'],
  [
    '4004',
    [...pickUp, say(GREETING), wait(300), { do: 'tone', tone: 'beep' }],
    'Voice mail: answers, speaks a greeting, beeps with 1000 Hz and listens.',
  ],
  ['4005', [...pickUp, wait(SHORT_CALL_MS), { do: 'hangUp' }], 'Answers, and hangs up after 2 seconds.'],
  ['4006', [ring, wait(SLOW_ANSWER_MS), answer], 'Rings for 10 seconds, then answers.'],
  [
    '4007',
    [...pickUp, wait(BEFORE_KEYS_MS), { do: 'press', digits: KEYS, method: 'rfc4733' }],
    'Answers, and a second later presses `1234#`, as telephone events (RFC 4733).',
  ],
  [
    '4008',
    [{ do: 'early' }, tone(EARLY_HZ, EARLY_MS), answer],
    'Sends audio before it answers: 425 Hz for 2 seconds, then answers.',
  ],
  ['4009', pickUp, 'Answers and says nothing.'],
  [
    '4010',
    [...pickUp, wait(BEFORE_VANISHING_MS), { do: 'vanish' }],
    'Answers, and a second later is gone without a word: no audio, no signalling.',
  ],
  [
    '4011',
    [...pickUp, wait(BEFORE_KEYS_MS), { do: 'press', digits: KEYS, method: 'info' }],
    'Answers, and a second later presses `1234#`, by SIP INFO.',
  ],
  [
    '4012',
    [...pickUp, wait(BEFORE_KEYS_MS), { do: 'press', digits: KEYS, method: 'inband' }],
    'Answers, and a second later presses `1234#`, as sound in the audio.',
  ],
  [
    '4013',
    [...pickUp, wait(BEFORE_KEYS_MS), { do: 'hold' }, wait(HOLD_MS), { do: 'resume' }],
    'Answers, after a second puts the call on hold, and takes it back 2 seconds later.',
  ],
  ['4014', [...pickUp, say('Hello?')], 'A person: answers with a short "Hello?" and listens.'],
  [
    '4015',
    [...pickUp, { do: 'repeat', times: MONOLOGUE_TIMES, steps: [say(MONOLOGUE)] }],
    'Answers, and talks for about a minute without a pause.',
  ],
  [
    '4016',
    [{ do: 'early' }, say('The number you have dialled is not in service.'), { do: 'refuse', status: 404 }],
    'An announcement before any answer, then refused with SIP status 404.',
  ],
  ['4017', [answer], 'Answers at once, without ringing.'],
  ['4018', [...pickUp, { do: 'hangUp' }], 'Answers, and hangs up at once.'],
];

export const magicCalls: ReadonlyMap<string, MagicCall> = new Map(
  [
    ...behaviours.map(([digits, behaviour, description]) => ({ number: MAGIC_PREFIX + digits, behaviour, description })),
    ...REFUSALS.map((status) => ({
      number: `${MAGIC_PREFIX}3${status}`,
      behaviour: [{ do: 'refuse', status }] as const,
      description: `Refused with SIP status ${status}: ${reasonOf(status)}.`,
    })),
  ].map((magic): [string, MagicCall] => [magic.number, magic]),
);

/** What the phone with this number does when it is called. */
export function behaviourOfCall(number: string): MagicCall['behaviour'] {
  return magicCalls.get(number)?.behaviour ?? ordinaryAnswer;
}
