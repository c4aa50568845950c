import type { DialStatus } from '../call-application.ts';
import { Connection, type ConnectionEnd } from '../connection.ts';
import { startDialMusic } from '../dial-music.ts';
import { type DialledLeg, type RaceResult, race } from '../dial-race.ts';
import { DialReports } from '../dial-reports.ts';
import { watchDigits } from '../digit-match.ts';
import type { DialElement } from '../document.ts';
import { type ElementContext, type ElementOutcome, elementRunner, NEXT } from '../element-context.ts';
import { followAction } from '../follow.ts';
import { type HangupCause, hangupCause } from '../hangup-cause.ts';

/** Rings destinations and connects the caller with the first that answers (voice-xml.md §6.9). */
export const dial = elementRunner('Dial', false, async (element, context) => {
  const { call, services, signal } = context;
  const reports = new DialReports(call, services.application, element.callback);
  if (!call.answered && call.facts.direction === 'inbound') call.ring();
  const music = startDialMusic(element, context);
  const raced = await race(element, context, reports, { progressed: (leg) => music.progressed(leg) }, signal);
  music.stop();
  const connection = raced.winner && (await connect(element, raced.winner, context, reports));
  return finish(element, context, reports, raced, connection);
});

async function finish(
  element: DialElement,
  context: ElementContext,
  reports: DialReports,
  raced: RaceResult,
  connection: ConnectionEnd | undefined,
): Promise<ElementOutcome> {
  const { call, signal } = context;
  // A transferred caller goes on with its new document: the application that asked for it needs no result of the old one.
  if (signal.aborted && !call.gone.aborted) return NEXT;
  await raced.othersEnded;
  await reports.settled();
  const bridged = connection?.bridged === true;
  const cause = call.gone.aborted && !bridged ? hangupCause(1000, 'Caller') : (connection?.cause ?? raced.cause);
  const status = bridged ? 'completed' : statusOf(cause);
  call.note('dial_ended', { status, code: cause.code });
  return followAction(context, element.action, element.redirect, {
    element: 'Dial',
    status,
    rang: raced.rang,
    cause,
    aLegId: call.id,
    bLegId: bridged ? connection.peer.id : '',
  });
}

/** Connects caller and callee until one of them leaves. A leg that a transfer has put in the callee's place is told as the Dial's own. */
function connect(
  element: DialElement,
  winner: DialledLeg,
  context: ElementContext,
  reports: DialReports,
): Promise<ConnectionEnd> {
  const connection = new Connection(context, winner.call, (peer, near, far) => {
    const leg = peer === winner.call ? winner : { ...winner, call: peer };
    if (leg !== winner) {
      reports.answered(leg);
      void peer.ended.then(() => reports.hungUp(leg));
    }
    reports.connected(leg);
    const stops = [
      watchDigits(near, element.digitsMatch, (match) => reports.digits(leg, match, 'ALeg')),
      watchDigits(far, element.digitsMatchBLeg, (match) => reports.digits(leg, match, 'BLeg')),
    ];
    if (element.hangupOnStar) stops.push(watchDigits(near, ['*'], () => peer.hangUp(hangupCause(4000, 'Caller'))));
    return stops;
  });
  return connection.run();
}

/** DialStatus of a Dial that connected nobody (voice-xml.md §6.9). */
function statusOf(cause: HangupCause): DialStatus {
  switch (cause.code) {
    case 3010:
    case 3100:
      return 'busy';
    case 3000:
    case 6010:
      return 'no-answer';
    case 3070:
    case 4250:
      return 'timeout';
    case 1000:
      return 'cancel';
    default:
      return 'failed';
  }
}
