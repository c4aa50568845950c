import { readInfoDigit } from '../../carriers/sip/info-digit.ts';
import type { LegAudio } from '../../carriers/sip/leg-audio.ts';
import type { OfferAnswer, SessionEnd, SipSession } from '../../sip/calls/session-types.ts';
import { type HangupCause, type HangupSource, hangupCause } from '../hangup-cause.ts';
import type { LegEvents } from '../leg.ts';

/** 603 Decline (RFC 3515 §2.4.2): where a call goes is said by its application, not by the far end at the account's expense. */
const REFER_REFUSED = 603;

/** What a later offer of the far end is answered. */
export function answerTo(offer: string, audio: LegAudio): OfferAnswer {
  const sdp = audio.answer(offer);
  return sdp === undefined ? { reject: 488 } : { sdp };
}

/** Follows an answered session: holds and resumes of the far end, digits by INFO, and its end. */
export function watchSession(session: SipSession, audio: LegAudio, events: LegEvents, farEnd: 'Caller' | 'Callee'): void {
  session.onOffer((offer) => {
    const answer = answerTo(offer, audio);
    events.note('reinvite', { accepted: 'sdp' in answer });
    return answer;
  });
  session.onAnswer((answer) => {
    audio.take(answer);
  });
  session.onInfo((contentType, body) => {
    const digit = readInfoDigit(contentType, body.toString('latin1'));
    if (digit !== undefined) audio.media.digitFromSignalling(digit);
  });
  session.onRefer((referral) => {
    events.note('refer_refused', { refer_to: referral.referTo.target.uri });
    referral.reject(REFER_REFUSED);
  });
  session.onEnded((end) => events.ended(causeOf(end, farEnd)));
}

function causeOf({ by }: SessionEnd, farEnd: HangupSource): HangupCause {
  switch (by) {
    case 'remote':
      return hangupCause(4000, farEnd);
    case 'timeout':
    case 'error':
      return hangupCause(5000, 'Error');
    case 'local':
    case 'shutdown':
      return hangupCause(5010, 'Plivo');
  }
}
