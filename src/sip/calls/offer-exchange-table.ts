import { type Machine, step } from '../machine.ts';

/**
 * Offers and answers of one early dialog (RFC 3264 §4, RFC 3262 §5, RFC 3311 §5, RFC 6337 §2). Pure: `early-exchange.ts` performs the
 * actions. An answer of ours counts when it was sent reliably: what an unreliable provisional response says is a foretaste.
 *
 * | state    | event       | next     | actions     |
 * |----------|-------------|----------|-------------|
 * | idle     | theirOffer  | asked    |             |
 * | idle     | ourOffer    | offering |             |
 * | asked    | ourAnswer   | agreed   |             |
 * | asked    | theirOffer  | asked    | refuseEarly |
 * | offering | theirAnswer | agreed   | take        |
 * | offering | theirOffer  | offering | refuseGlare |
 * | agreed   | theirOffer  | deciding | decide      |
 * | deciding | ourAnswer   | agreed   | settle      |
 * | deciding | ourRefusal  | agreed   | settle      |
 * | deciding | theirOffer  | deciding | refuseEarly |
 *
 * `asked`: the offer of their INVITE awaits our answer. `offering`: ours awaits theirs. `deciding`: a later offer of theirs, by PRACK or
 * UPDATE, is being answered. Every other event changes nothing.
 */
export type ExchangeState = 'idle' | 'asked' | 'offering' | 'agreed' | 'deciding';
export type ExchangeEvent = 'theirOffer' | 'theirAnswer' | 'ourOffer' | 'ourAnswer' | 'ourRefusal';
export type ExchangeAction =
  /** The answer to our offer is in force. */
  | 'take'
  /** Ask the owner. */
  | 'decide'
  /** The offer has been answered, or what was agreed before stays. */
  | 'settle'
  /** 500: they have an offer open with us (RFC 3311 §5.2). */
  | 'refuseEarly'
  /** 491: we have one open with them. */
  | 'refuseGlare';

export const offerExchangeTable: Machine<ExchangeState, ExchangeEvent, ExchangeAction> = {
  idle: {
    theirOffer: step('asked'),
    ourOffer: step('offering'),
  },
  asked: {
    ourAnswer: step('agreed'),
    theirOffer: step('asked', 'refuseEarly'),
  },
  offering: {
    theirAnswer: step('agreed', 'take'),
    theirOffer: step('offering', 'refuseGlare'),
  },
  agreed: {
    theirOffer: step('deciding', 'decide'),
  },
  deciding: {
    ourAnswer: step('agreed', 'settle'),
    ourRefusal: step('agreed', 'settle'),
    theirOffer: step('deciding', 'refuseEarly'),
  },
};
