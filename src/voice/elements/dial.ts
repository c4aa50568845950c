import type { Call } from '../call.ts';
import type { DialStatus } from '../call-application.ts';
import { startDialMusic } from '../dial-music.ts';
import { type DialledLeg, type RaceResult, race } from '../dial-race.ts';
import { DialReports } from '../dial-reports.ts';
import { watchDigits } from '../digit-match.ts';
import type { DialElement } from '../document.ts';
import { type ElementContext, type ElementOutcome, elementRunner, NEXT } from '../element-context.ts';
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
  const connection = raced.winner && (await connect(element, raced.winner, context, reports));
  return finish(element, context, reports, raced, connection);
});

async function finish(
  element: DialElement,
  context: ElementContext,
  reports: DialReports,
  raced: RaceResult,
  connection: Connection | undefined,
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
    bLegId: bridged && raced.winner ? raced.winner.call.id : '',
  });
}

/** What became of caller and winner. */
interface Connection {
  /** They heard each other. */
  readonly bridged: boolean;
  readonly cause: HangupCause;
}

/** Connects caller and callee until one of them leaves. */
async function connect(
  element: DialElement,
  winner: DialledLeg,
  context: ElementContext,
  reports: DialReports,
): Promise<Connection> {
  const { call, services, session, signal } = context;
  const callee = winner.call;
  let released = false;
  let bridged = false;
  let cause: HangupCause;
  const { promise: over, resolve: end } = Promise.withResolvers<HangupCause>();
  const interrupted = () => end(call.facts.ended?.cause ?? hangupCause(4000, 'API Request'));
  const stops: (() => void)[] = [];
  try {
    const near = await call.answer();
    const far = await callee.answer();
    const bridge = services.media.bridge(near, far);
    stops.push(() => bridge.dissolve());
    for (const recording of session.onDialAnswer.splice(0)) recording.start();
    session.dial = {
      connected: callee,
      release() {
        released = true;
        end(hangupCause(4000, 'API Request'));
        return callee;
      },
    };
    stops.push(() => {
      session.dial = undefined;
    });
    reports.connected(winner);
    call.note('bridged', { with: callee.id });
    stops.push(
      callee.watch({ ended: ({ cause }) => end(cause) }),
      watchDigits(near, element.digitsMatch, (match) => reports.digits(winner, match, 'ALeg')),
      watchDigits(far, element.digitsMatchBLeg, (match) => reports.digits(winner, match, 'BLeg')),
    );
    if (element.hangupOnStar) stops.push(watchDigits(near, ['*'], () => callee.hangUp(hangupCause(4000, 'Caller'))));
    signal.addEventListener('abort', interrupted, { once: true });
    if (signal.aborted) interrupted();
    cause = await over;
    bridged = true;
  } catch (error) {
    if (!(error instanceof LegGone)) call.note('bridge_failed', { reason: String(error) });
    cause = callee.facts.ended?.cause ?? causeOfFailure(call, error);
  }
  signal.removeEventListener('abort', interrupted);
  for (const stop of stops) stop();
  if (!released) {
    callee.hangUp(cause);
    // The application hears of its end before the action; a transferred caller has none.
    if (call.gone.aborted || !signal.aborted) await callee.ended;
  }
  return { bridged, cause };
}

/** The caller left while it was connected, or the audio could not be connected. */
const causeOfFailure = ({ gone }: Call, error: unknown): HangupCause =>
  gone.aborted || error instanceof LegGone ? hangupCause(1000, 'Caller') : hangupCause(5010, 'Plivo');

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
