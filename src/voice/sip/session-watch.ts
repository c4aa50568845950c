import { formatInfoDigit, INFO_DIGIT_TYPE, readInfoDigit } from '../../carriers/sip/info-digit.ts';
import type { LegAudio } from '../../carriers/sip/leg-audio.ts';
import type { OfferAnswer, Referral, SessionEnd, SipSession } from '../../sip/calls/session-types.ts';
import { parseUri } from '../../sip/uri.ts';
import { type HangupCause, type HangupSource, hangupCause } from '../hangup-cause.ts';
import type { LegEvents } from '../leg.ts';
import type { TransferRequest } from '../transfers/transfer-request.ts';
import type { LegSessions } from './leg-sessions.ts';

/** What a later offer of the far end is answered. */
export function answerTo(offer: string, audio: LegAudio): OfferAnswer {
  const sdp = audio.answer(offer);
  return sdp === undefined ? { reject: 488 } : { sdp };
}

export interface WatchedLeg {
  /** CallUUID. */
  readonly callId: string;
  readonly sessions: LegSessions;
  readonly farEnd: 'Caller' | 'Callee';
}

/** Follows an answered session: holds and resumes of the far end, digits by INFO both ways, transfers, and its end. */
export function watchSession(
  session: SipSession,
  audio: LegAudio,
  events: LegEvents,
  { callId, sessions, farEnd }: WatchedLeg,
): void {
  const forget = sessions.add(session, callId);
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
  // Browsers have no telephone events: they hear the tone, and their pages know of the key by this (browser-sdk.md §4).
  const untell = audio.media.security
    ? audio.media.onDigitSent((digit, ms) => session.tell(INFO_DIGIT_TYPE, formatInfoDigit(digit, ms)))
    : () => undefined;
  session.onRefer((referral) => events.refer(transferOf(referral, session, sessions)));
  session.onEnded((end) => {
    forget();
    untell();
    events.ended(causeOf(end, farEnd));
  });
}

/** What a REFER asks for. */
function transferOf(referral: Referral, session: SipSession, sessions: LegSessions): TransferRequest {
  const { referTo } = referral;
  const contact = parseUri(session.remoteContact);
  return {
    target: referTo.target.uri,
    peerHost: contact === undefined || contact.scheme === 'tel' ? '' : contact.host,
    attended: referTo.replaces && { callId: sessions.ofReplaces(referTo.replaces), earlyOnly: referTo.replaces.earlyOnly },
    accept: () => referral.accept(),
    report: (status) => referral.notify(status),
    refuse: (status) => referral.reject(status),
  };
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
