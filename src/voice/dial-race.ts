import type { Call } from './call.ts';
import { confirm } from './dial-confirm.ts';
import type { DialReports } from './dial-reports.ts';
import type { DialElement, DialTarget } from './document.ts';
import type { ElementContext } from './element-context.ts';
import { type HangupCause, hangupCause } from './hangup-cause.ts';

/** A leg of a Dial with its place among the destinations, from 1. */
export interface DialledLeg {
  readonly call: Call;
  readonly target: DialTarget;
  readonly position: number;
}

export interface RaceResult {
  /** The leg that was answered, and confirmed where that was asked for; undefined = nobody. */
  readonly winner: DialledLeg | undefined;
  /** Somebody's phone rang. */
  readonly rang: boolean;
  /** Why it failed: of the leg that came closest. */
  readonly cause: HangupCause;
}

/** Milliseconds of a digit that is sent to a leg after its answer (voice-api.md §4.2). */
const DIGIT_MS = 2_000;
const SENT_TONE_MS = 100;
const SENT_GAP_MS = 100;

export interface RaceEvents {
  /** A leg rings, or sends audio before it answers. */
  progressed(leg: DialledLeg): void;
}

/**
 * Rings every destination of a Dial at once. The first leg that answers and passes its confirmation wins, the others end with 9000
 * (voice-xml.md §6.9).
 */
export async function race(
  element: DialElement,
  context: ElementContext,
  reports: DialReports,
  events: RaceEvents,
  signal: AbortSignal,
): Promise<RaceResult> {
  const { services } = context;
  const legs = new Set<DialledLeg>();
  const { promise: decided, resolve: decide } = Promise.withResolvers<DialledLeg | undefined>();
  let pending = element.targets.length;
  let rang = false;
  let cause = hangupCause(3000, 'Carrier');
  let weight = -1;

  const lost = (end: HangupCause) => {
    // A busy or refusing phone says more than a number that could not be dialled at all.
    const importance = end.code === 9000 ? 0 : end.code >= 3000 && end.code < 4000 ? 2 : 1;
    if (importance > weight) {
      weight = importance;
      cause = end;
    }
    if (--pending === 0) decide(undefined);
  };

  const ring = async (target: DialTarget, position: number) => {
    const dialled = await services.dialler.dial({
      parent: context.call,
      kind: target.kind,
      to: target.address,
      callerId: target.callerId ?? element.callerId,
      callerName: target.callerName ?? element.callerName,
      headers: target.headers,
      credentials: target.credentials,
      timeLimitMs: element.timeLimitMs,
    });
    if (dialled.kind === 'refused') {
      context.call.note('dial_refused', { to: target.address, code: dialled.cause.code });
      return lost(dialled.cause);
    }
    const leg: DialledLeg = { call: dialled.call, target, position };
    legs.add(leg);
    if (signal.aborted) leg.call.hangUp(hangupCause(1000, 'Caller'));
    void leg.call.ended.then(() => reports.hungUp(leg));
    const state = await outcomeOfLeg(leg, {
      ringing: () => {
        rang = true;
        events.progressed(leg);
      },
    });
    if (state.kind === 'ended') return lost(state.cause);
    reports.answered(leg);
    if (target.sendDigits !== undefined && !target.sendOnPreanswer) sendTo(leg, signal);
    const confirmed = await confirm(element, leg, context, signal);
    if (confirmed) decide(leg);
    else {
      leg.call.hangUp(hangupCause(9110, 'Plivo'));
      lost(hangupCause(9110, 'Plivo'));
    }
  };

  const cancelTimeout = services.clock.after(element.timeoutMs, () => {
    for (const { call } of legs) {
      if (!call.answered) call.hangUp(hangupCause(6010, 'Plivo'));
    }
  });
  const abort = () => decide(undefined);
  signal.addEventListener('abort', abort, { once: true });
  if (signal.aborted) abort();
  element.targets.forEach((target, index) => {
    ring(target, index + 1).catch((error: unknown) => {
      context.call.note('dial_failed', { to: target.address, reason: String(error) });
      lost(hangupCause(5010, 'Plivo'));
    });
  });
  const winner = await decided;
  cancelTimeout();
  signal.removeEventListener('abort', abort);
  for (const leg of legs) {
    if (leg !== winner) leg.call.hangUp(winner ? hangupCause(9000, 'Plivo') : endOfRest(context));
  }
  return { winner, rang: rang || winner !== undefined, cause: signal.aborted ? endOfRest(context) : cause };
}

/** Legs that still ring when the caller has gone or was transferred. */
function endOfRest({ call }: ElementContext): HangupCause {
  const end = call.facts.ended;
  return hangupCause(1000, end ? end.cause.source : 'API Request');
}

type LegState = { readonly kind: 'answered' } | { readonly kind: 'ended'; readonly cause: HangupCause };

function outcomeOfLeg(leg: DialledLeg, events: { ringing(): void }): Promise<LegState> {
  const { call, target } = leg;
  const ended = call.facts.ended;
  if (ended) return Promise.resolve({ kind: 'ended', cause: ended.cause });
  const { promise, resolve } = Promise.withResolvers<LegState>();
  const release = call.watch({
    progressed(state) {
      if (state === 'answered') {
        release();
        resolve({ kind: 'answered' });
        return;
      }
      if (state === 'early' && target.sendDigits !== undefined && target.sendOnPreanswer) sendTo(leg, call.gone);
      events.ringing();
    },
    ended: (end) => resolve({ kind: 'ended', cause: end.cause }),
  });
  if (call.answered) {
    release();
    resolve({ kind: 'answered' });
  }
  return promise;
}

/** `1w2W3@800`: digits with pauses, and the length of their tones after the `@`. */
function sendTo({ call, target }: DialledLeg, signal: AbortSignal): void {
  const [digits = '', length] = (target.sendDigits ?? '').split('@');
  const toneMs = length === undefined ? SENT_TONE_MS : Math.min(Math.max(Number(length) || SENT_TONE_MS, SENT_TONE_MS), DIGIT_MS);
  call.media?.sendDigits(digits, { method: target.sendDigitsMethod, toneMs, gapMs: SENT_GAP_MS }, signal);
  call.note('digits_sent', { count: digits.length });
}
