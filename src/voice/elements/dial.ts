import type { DialStatus } from '../call-application.ts';
import { startDialMusic } from '../dial-music.ts';
import { type DialledLeg, type RaceResult, race } from '../dial-race.ts';
import { DialReports } from '../dial-reports.ts';
import { watchDigits } from '../digit-match.ts';
import type { DialElement } from '../document.ts';
import { type ElementContext, type ElementOutcome, elementRunner } from '../element-context.ts';
import { followAction } from '../follow.ts';
import { type HangupCause, hangupCause } from '../hangup-cause.ts';
import { LegGone } from '../leg.ts';

/** Rings destinations and connects the caller with the first that answers (voice-xml.md §6.9). */
export const dial = elementRunner('Dial', false, async (element, context) => {
  const { call, services, signal } = context;
  const reports = new DialReports(call, services.application, element.callback);
  if (!call.answered && call.facts.direction === 'inbound') call.ring();
  const music = startDialMusic(element, context);
  const raced = await race(element, context, reports, { progressed: (leg) => music.progressed(leg) }, signal);
  music.stop();
  const end = raced.winner ? await connect(element, raced.winner, context, reports) : undefined;
  return finish(element, context, reports, raced, end);
});

async function finish(
  element: DialElement,
  context: ElementContext,
  reports: DialReports,
  raced: RaceResult,
  end: HangupCause | undefined,
): Promise<ElementOutcome> {
  const { call, signal } = context;
  await reports.settled();
  // A transferred caller goes on with its new document: the application that asked for it needs no result of the old one.
  if (signal.aborted && !call.gone.aborted) return { kind: 'next' };
  const cause = end ?? (call.gone.aborted ? hangupCause(1000, 'Caller') : raced.cause);
  call.note('dial_ended', { status: end ? 'completed' : statusOf(cause), code: cause.code });
  return followAction(context, element.action, element.redirect, {
    element: 'Dial',
    status: end ? 'completed' : statusOf(cause),
    rang: raced.rang,
    cause,
    aLegId: call.id,
    bLegId: end && raced.winner ? raced.winner.call.id : '',
  });
}

/** Connects caller and callee until one of them leaves. Undefined when the caller left before they were connected. */
async function connect(
  element: DialElement,
  winner: DialledLeg,
  context: ElementContext,
  reports: DialReports,
): Promise<HangupCause | undefined> {
  const { call, services, session, signal } = context;
  const callee = winner.call;
  try {
    const [near, far] = [await call.answer(), await callee.answer()];
    const bridge = services.media.bridge(near, far);
    const { promise: over, resolve: end } = Promise.withResolvers<HangupCause>();
    let released = false;
    for (const start of session.onDialAnswer.splice(0)) start();
    session.dial = {
      connected: callee,
      release() {
        released = true;
        end(hangupCause(4000, 'API Request'));
        return callee;
      },
    };
    reports.connected(winner);
    call.note('bridged', { with: callee.id });
    const unwatch = callee.watch({ ended: ({ cause }) => end(cause) });
    const stops = [
      unwatch,
      watchDigits(near, element.digitsMatch, (match) => reports.digits(winner, match, 'ALeg')),
      watchDigits(far, element.digitsMatchBLeg, (match) => reports.digits(winner, match, 'BLeg')),
    ];
    if (element.hangupOnStar) stops.push(watchDigits(near, ['*'], () => callee.hangUp(hangupCause(4000, 'Caller'))));
    const interrupted = () => end(call.facts.ended?.cause ?? hangupCause(4000, 'API Request'));
    signal.addEventListener('abort', interrupted, { once: true });
    if (signal.aborted) interrupted();
    if (callee.facts.ended) end(callee.facts.ended.cause);
    const cause = await over;
    signal.removeEventListener('abort', interrupted);
    for (const stop of stops) stop();
    session.dial = undefined;
    bridge.dissolve();
    if (!released) {
      callee.hangUp(cause);
      await callee.ended;
    }
    return cause;
  } catch (error) {
    if (!(error instanceof LegGone)) throw error;
    callee.hangUp(hangupCause(1000, 'Caller'));
    return callee.facts.ended?.cause;
  }
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
