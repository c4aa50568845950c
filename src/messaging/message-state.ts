/**
 * The states of a message and what moves it between them (messaging.md §9).
 *
 * Outbound, by event; `→` enters the states named, in order, and each entry is a status callback of its own:
 *
 * | state       | handed_over | abandoned | receipt_delivered  | receipt_undelivered | receipt_read             |
 * |-------------|-------------|-----------|--------------------|---------------------|--------------------------|
 * | queued      | → sent      | → failed  | → sent, delivered  | → sent, undelivered | → sent, delivered, read  |
 * | sent        | repeated    | refused   | → delivered        | → undelivered       | → delivered, read        |
 * | delivered   | late        | refused   | repeated           | late                | → read                   |
 * | undelivered | late        | refused   | late               | repeated            | late                     |
 * | failed      | late        | repeated  | late               | late                | late                     |
 * | read        | late        | refused   | late               | late                | repeated                 |
 *
 * Inbound: `received`, then `delivered` when the application's message URL answers with success, or `undelivered` when every attempt
 * to reach it has failed.
 *
 * - A receipt that overtakes the answer to its submit proves the hand-over: the message passes through `sent`, where it is charged.
 * - `repeated` and `late` change nothing and belong into the timeline only. The first final state stands: an account's books and its
 *   application have been told, so a carrier that says `undelivered` and later `delivered` does not rewrite history.
 * - `refused` is a mistake of the caller: what a carrier took can no longer fail inside.
 * - `sent` may be final; nothing moves a message whose carrier sends no receipts.
 */

export const outboundStates = ['queued', 'sent', 'failed', 'delivered', 'undelivered', 'read'] as const;
export type OutboundState = (typeof outboundStates)[number];

export const outboundEvents = [
  /** A carrier took the message: every part accepted. */
  'handed_over',
  /** It will not be handed to any carrier: expired, blocked, refused by all, out of credit. */
  'abandoned',
  'receipt_delivered',
  'receipt_undelivered',
  /** WhatsApp only. */
  'receipt_read',
] as const;
export type OutboundEvent = (typeof outboundEvents)[number];

export const inboundStates = ['received', 'delivered', 'undelivered'] as const;
export type InboundState = (typeof inboundStates)[number];

export type MessageState = OutboundState | InboundState;

export type Transition<State> =
  /** `entered` is never empty; the last one is the new state. */
  { readonly kind: 'moved'; readonly entered: readonly State[] } | { readonly kind: 'repeated' | 'late' | 'refused' };

const moved = <State>(...entered: State[]): Transition<State> => ({ kind: 'moved', entered });
const repeated = { kind: 'repeated' } as const;
const late = { kind: 'late' } as const;
const refused = { kind: 'refused' } as const;

export const outboundTransitions: Readonly<Record<OutboundState, Readonly<Record<OutboundEvent, Transition<OutboundState>>>>> = {
  queued: {
    handed_over: moved('sent'),
    abandoned: moved('failed'),
    receipt_delivered: moved('sent', 'delivered'),
    receipt_undelivered: moved('sent', 'undelivered'),
    receipt_read: moved('sent', 'delivered', 'read'),
  },
  sent: {
    handed_over: repeated,
    abandoned: refused,
    receipt_delivered: moved('delivered'),
    receipt_undelivered: moved('undelivered'),
    receipt_read: moved('delivered', 'read'),
  },
  delivered: {
    handed_over: late,
    abandoned: refused,
    receipt_delivered: repeated,
    receipt_undelivered: late,
    receipt_read: moved('read'),
  },
  undelivered: {
    handed_over: late,
    abandoned: refused,
    receipt_delivered: late,
    receipt_undelivered: repeated,
    receipt_read: late,
  },
  failed: {
    handed_over: late,
    abandoned: repeated,
    receipt_delivered: late,
    receipt_undelivered: late,
    receipt_read: late,
  },
  read: {
    handed_over: late,
    abandoned: refused,
    receipt_delivered: late,
    receipt_undelivered: late,
    receipt_read: repeated,
  },
};

/** What the event does to an outbound message. Give `receipt_read` only for WhatsApp; other services have no such receipt. */
export function nextOutboundState(state: OutboundState, event: OutboundEvent): Transition<OutboundState> {
  return outboundTransitions[state][event];
}

/** What the receipts of one part of a message said so far. */
export type PartReceipt = 'none' | 'delivered' | 'undelivered' | 'read';

/**
 * The event that the receipts of all parts together make, or undefined while it is open. A handset shows a message only when it has
 * every part, so one lost part decides at once, and delivery waits for the last part.
 */
export function eventOfReceipts(parts: readonly PartReceipt[]): OutboundEvent | undefined {
  if (parts.includes('undelivered')) return 'receipt_undelivered';
  if (parts.length === 0 || parts.includes('none')) return undefined;
  return parts.every((part) => part === 'read') ? 'receipt_read' : 'receipt_delivered';
}
