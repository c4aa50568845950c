/**
 * Opt-out keywords (messaging.md §16): what an inbound text asks for, what is answered, and whether an outbound message may go to
 * somebody who opted out. Facts are handed in; who opted out of what is kept in storage.
 */

export type MessageIntent = 'optout' | 'optin' | 'help';

/** All words any source names, so that a subscriber who was told any of them is heard. */
const words: Readonly<Record<MessageIntent, readonly string[]>> = {
  optout: ['STOP', 'END', 'QUIT', 'CANCEL', 'UNSUBSCRIBE', 'UNSUB', 'STOP ALL', 'STOPALL'],
  optin: ['START', 'UNSTOP', 'YES', 'RESUME', 'RESUME ALL', 'GO'],
  help: ['HELP', 'INFO'],
};

const intents: ReadonlyMap<string, MessageIntent> = new Map([
  ...words.optout.map((word) => [word, 'optout'] as const),
  ...words.optin.map((word) => [word, 'optin'] as const),
  ...words.help.map((word) => [word, 'help'] as const),
]);

/** The longest keyword with room for the spaces around it; longer texts are not looked at. */
const MAX_KEYWORD_TEXT = 64;

/**
 * What the whole text asks for: one keyword in any case, white space around it ignored and between words taken as one space. A sentence
 * that contains the word, or the word with punctuation, asks for nothing.
 */
export function intentOf(text: string): MessageIntent | undefined {
  if (text.length > MAX_KEYWORD_TEXT) return undefined;
  return intents.get(text.trim().replace(/\s+/g, ' ').toUpperCase());
}

/** What is sent back by itself; an empty text = nothing is sent. */
export interface AutoReplies {
  readonly optout: string;
  readonly optin: string;
  readonly help: string;
}

export const defaultAutoReplies: AutoReplies = {
  optout: 'You will get no more messages from this number. Text START if you change your mind.',
  optin: 'You will get messages from this number again. Text STOP to end them.',
  help: 'This number sends you messages you asked for. Text STOP to end them, START to get them again.',
};

/**
 * What an opt-out holds for: the number, and the whole of the 10DLC campaign that it is in (messaging.md §16). Whoever opts out of one
 * number of a campaign gets nothing from its others either, whenever they were linked; the number itself stays blocked after it left.
 */
export const optOutScopes = (number: string, campaignId: string | undefined): readonly string[] =>
  campaignId === undefined ? [number] : [number, `campaign:${campaignId}`];

/** What is known about a pair (scope, subscriber) when something comes in or goes out. Times are wall-clock milliseconds. */
export interface OptOutState {
  /** When the subscriber opted out; undefined = has not, or opted in since. */
  readonly optedOutAt: number | undefined;
  /** When the application's acknowledgement of that opt-out went out; undefined = not yet. */
  readonly acknowledgedAt: number | undefined;
}

export interface InboundDecision {
  readonly intent: MessageIntent | undefined;
  /** What storage is to note about the pair; undefined = nothing changes. */
  readonly change: 'opt_out' | 'opt_in' | undefined;
  /** Text to send back from the number that was texted; undefined = none. */
  readonly reply: string | undefined;
}

/**
 * What an inbound text does. Only where opt-out applies: US and Canadian long codes and toll-free numbers, short codes on request;
 * elsewhere the intent is told to nobody and nothing is answered, so the caller does not ask. A repeated STOP is not answered again,
 * nor is a START of somebody who had not opted out, so two automatic senders cannot keep each other busy with them.
 * `states`: of each scope of the number.
 */
export function decideInbound(
  text: string,
  states: readonly OptOutState[],
  replies: AutoReplies = defaultAutoReplies,
): InboundDecision {
  const intent = intentOf(text);
  if (intent === undefined) return { intent, change: undefined, reply: undefined };
  const isOut = ({ optedOutAt }: OptOutState) => optedOutAt !== undefined;
  if (intent === 'optout') {
    return states.every(isOut)
      ? { intent, change: undefined, reply: undefined }
      : { intent, change: 'opt_out', reply: filled(replies.optout) };
  }
  if (intent === 'optin') {
    return states.some(isOut)
      ? { intent, change: 'opt_in', reply: filled(replies.optin) }
      : { intent, change: undefined, reply: undefined };
  }
  return { intent, change: undefined, reply: filled(replies.help) };
}

const filled = (text: string): string | undefined => (text === '' ? undefined : text);

/** How long after a STOP the application may still acknowledge it, once (messaging.md §16). */
export const ACKNOWLEDGEMENT_WINDOW_MS = 5 * 60 * 1000;

export type OutboundDecision =
  | 'allowed'
  /** Allowed as the application's one acknowledgement; storage notes the time, in the transaction that accepts the message. */
  | 'acknowledgement'
  /** Fails with error 200. */
  | 'blocked';

/**
 * Whether a message of the application may go to the subscriber: after a STOP exactly one within five minutes. The automatic answer is
 * not counted: it always goes, and there would be nothing left to allow. `states`: of each scope of the sender.
 */
export function decideOutbound(states: readonly OptOutState[], now: number): OutboundDecision {
  const decisions = new Set(states.map((state) => decideWithin(state, now)));
  if (decisions.has('blocked')) return 'blocked';
  return decisions.has('acknowledgement') ? 'acknowledgement' : 'allowed';
}

function decideWithin(state: OptOutState, now: number): OutboundDecision {
  if (state.optedOutAt === undefined) return 'allowed';
  const inWindow = now - state.optedOutAt <= ACKNOWLEDGEMENT_WINDOW_MS;
  return state.acknowledgedAt === undefined && inWindow ? 'acknowledgement' : 'blocked';
}
