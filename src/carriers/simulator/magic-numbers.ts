/**
 * Destinations of the simulator that do something other than receive (docs/simulator.md is this table in prose).
 *
 * They lie in +1 500 555: area code 500 is for personal follow-me services, numbers that forward calls and have no handset of their
 * own, and exchange 555 is not given to subscribers. To every check of this project they are ordinary US numbers, so a test walks the same path as a
 * real message. The last four digits say what happens:
 *
 * | digits | meaning                                                                              |
 * |--------|--------------------------------------------------------------------------------------|
 * | `0xxx` | one behaviour each                                                                   |
 * | `1eee` | refused at submit with message error code `eee`                                      |
 * | `2eee` | accepted, then undelivered by receipt with message error code `eee`                  |
 *
 * `eee` is the code with leading zeros; code 1000 is written `000`, which as an error code means nothing else.
 */
import { messageCodes } from '../../errors/message-codes.ts';

export const MAGIC_PREFIX = '1500555';

/** Which parts of a message something concerns. `last` of a single-part message is that part; `others` are then none. */
export type PartChoice = 'all' | 'last' | 'others';

export interface PlannedReceipt {
  /** After the submit. */
  readonly afterMs: number;
  readonly state: 'delivered' | 'undelivered' | 'intermediate' | 'read';
  readonly errorCode: string;
  readonly parts: PartChoice;
}

/** What happens instead of acceptance, the first `times` times the same message is submitted. */
export interface Refusal {
  readonly kind: 'rejected' | 'throttled' | 'unsent' | 'unanswered';
  readonly times: number;
  /** For `rejected`. */
  readonly errorCode?: string;
  readonly parts: PartChoice;
  /** For `unanswered`: the message was taken all the same, so that a retry duplicates it. */
  readonly taken?: true;
}

export interface Behaviour {
  readonly refusal?: Refusal;
  /** Between taking the message and answering the submit. */
  readonly answerAfterMs: number;
  readonly receipts: readonly PlannedReceipt[];
  /** Whether the phone gets the message. */
  readonly arrives: boolean;
  /** What the phone texts back: a fixed text, or what it received. */
  readonly reply?: { readonly echo: true } | { readonly text: string };
}

export interface MagicNumber {
  readonly number: string;
  readonly behaviour: Behaviour;
  /** One line for the documentation. */
  readonly description: string;
}

/** A receipt of an ordinary delivery: long enough to come after the answer, short enough to wait for. */
const RECEIPT_AFTER_MS = 100;
/** "Late": longer than any test waits by accident. */
const LATE_RECEIPT_MS = 30_000;
const SLOW_ANSWER_MS = 5_000;
/** Time between two receipts that follow each other. */
const RECEIPT_GAP_MS = 100;
/** By how much an early receipt is ahead of the answer. */
const EARLY_RECEIPT_LEAD_MS = 300;
/** Until a WhatsApp message is read. */
const READ_AFTER_MS = 1_000;
const ALWAYS = Number.POSITIVE_INFINITY;

const receipt = (
  state: PlannedReceipt['state'],
  afterMs: number,
  parts: PartChoice = 'all',
  errorCode = state === 'undelivered' ? '80' : '000',
): PlannedReceipt => ({ state, afterMs, parts, errorCode });

const delivered = receipt('delivered', RECEIPT_AFTER_MS);
const read = receipt('read', RECEIPT_AFTER_MS + READ_AFTER_MS);

export const ordinaryDelivery: Behaviour = { answerAfterMs: 0, receipts: [delivered], arrives: true };

const variant = (difference: Partial<Behaviour>): Behaviour => ({ ...ordinaryDelivery, ...difference });
const refusing = (refusal: Refusal): Behaviour => variant({ refusal });

const behaviours: readonly (readonly [digits: string, behaviour: Behaviour, description: string])[] = [
  ['0001', ordinaryDelivery, 'Delivered, as any number that is not in this table.'],
  ['0002', variant({ receipts: [receipt('delivered', LATE_RECEIPT_MS)] }), 'Delivered, the receipt comes after 30 seconds.'],
  ['0003', variant({ receipts: [] }), 'Arrives, but no receipt ever comes: the message stays `sent`.'],
  [
    '0004',
    variant({ receipts: [delivered, receipt('delivered', RECEIPT_AFTER_MS + RECEIPT_GAP_MS)] }),
    'Delivered, the receipt comes twice.',
  ],
  [
    '0005',
    variant({ receipts: [receipt('delivered', 0)], answerAfterMs: EARLY_RECEIPT_LEAD_MS }),
    'Delivered, the receipt comes before the answer to the submit.',
  ],
  [
    '0006',
    variant({ receipts: [receipt('undelivered', RECEIPT_AFTER_MS), receipt('delivered', RECEIPT_AFTER_MS + RECEIPT_GAP_MS)] }),
    'Undelivered with code 80, then a second receipt says delivered: the first one stands.',
  ],
  [
    '0007',
    variant({ receipts: [receipt('intermediate', RECEIPT_AFTER_MS), receipt('delivered', RECEIPT_AFTER_MS + RECEIPT_GAP_MS)] }),
    'An intermediate receipt (on its way), then delivered.',
  ],
  [
    '0008',
    refusing({ kind: 'throttled', times: 2, parts: 'all' }),
    'Throttled twice ("slow down"), accepted the third time and delivered.',
  ],
  [
    '0009',
    refusing({ kind: 'throttled', times: ALWAYS, parts: 'all' }),
    'Throttled every time: the message expires with code 420.',
  ],
  [
    '0010',
    variant({ answerAfterMs: SLOW_ANSWER_MS, receipts: [receipt('delivered', SLOW_ANSWER_MS + RECEIPT_AFTER_MS)] }),
    'The submit is answered after 5 seconds, then delivered.',
  ],
  [
    '0011',
    refusing({ kind: 'unanswered', times: 1, parts: 'all' }),
    'The link drops before the first answer and the message is lost; a second submit is delivered.',
  ],
  [
    '0012',
    refusing({ kind: 'unanswered', times: 1, parts: 'all', taken: true }),
    'The link drops before the first answer but the message was taken: a second submit reaches the phone again.',
  ],
  [
    '0013',
    refusing({ kind: 'unanswered', times: ALWAYS, parts: 'all' }),
    'The link drops before every answer, the message is lost.',
  ],
  [
    '0014',
    refusing({ kind: 'unsent', times: 2, parts: 'all' }),
    'The link is down for the first two submits, the third is accepted and delivered.',
  ],
  [
    '0015',
    variant({ receipts: [delivered, read] }),
    'Delivered, and read a second later (WhatsApp; other services end delivered).',
  ],
  [
    '0016',
    variant({
      receipts: [receipt('delivered', RECEIPT_AFTER_MS, 'others'), receipt('undelivered', RECEIPT_AFTER_MS, 'last')],
      arrives: false,
    }),
    'The last part is undelivered with code 80, the other parts are delivered.',
  ],
  [
    '0017',
    variant({ refusal: { kind: 'rejected', times: ALWAYS, parts: 'last', errorCode: '20' }, arrives: false }),
    'The last part is refused at submit with code 20, the other parts are accepted and delivered.',
  ],
  [
    '0018',
    variant({ refusal: { kind: 'throttled', times: 1, parts: 'last' } }),
    'The last part is throttled once, the other parts are accepted; delivered when it is submitted again.',
  ],
  ['0020', variant({ reply: { echo: true } }), 'Delivered, and the phone texts the same text back.'],
  ['0021', variant({ reply: { text: 'STOP' } }), 'Delivered, and the phone answers `STOP`.'],
  ['0022', variant({ reply: { text: 'START' } }), 'Delivered, and the phone answers `START`.'],
  ['0023', variant({ reply: { text: 'HELP' } }), 'Delivered, and the phone answers `HELP`.'],
];

/** `080` for 80, `000` for 1000. */
const suffixOf = (code: string): string => code.slice(-3).padStart(3, '0');
const errorCodes = [...messageCodes.values()].filter(({ code }) => code !== '000');

export const magicNumbers: ReadonlyMap<string, MagicNumber> = new Map(
  [
    ...behaviours.map(([digits, behaviour, description]) => ({ number: MAGIC_PREFIX + digits, behaviour, description })),
    ...errorCodes.map(({ code, text }) => ({
      number: `${MAGIC_PREFIX}1${suffixOf(code)}`,
      behaviour: variant({ refusal: { kind: 'rejected', times: ALWAYS, parts: 'all', errorCode: code }, arrives: false }),
      description: `Refused at submit with code ${code}: ${text}.`,
    })),
    ...errorCodes.map(({ code, text }) => ({
      number: `${MAGIC_PREFIX}2${suffixOf(code)}`,
      behaviour: variant({ receipts: [receipt('undelivered', RECEIPT_AFTER_MS, 'all', code)], arrives: false }),
      description: `Accepted, then undelivered with code ${code}: ${text}.`,
    })),
  ].map((magic): [string, MagicNumber] => [magic.number, magic]),
);

/** What a destination does; ordinary numbers deliver. */
export function behaviourOf(destination: string): Behaviour {
  return magicNumbers.get(destination)?.behaviour ?? ordinaryDelivery;
}

/** The indexes of a choice among `count` parts. */
export function chooses(choice: PartChoice, part: number, count: number): boolean {
  if (choice === 'all') return true;
  return (part === count - 1) === (choice === 'last');
}
