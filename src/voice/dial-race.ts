import type { Call } from './call.ts';
import { confirm } from './dial-confirm.ts';
import type { DialReports } from './dial-reports.ts';
import type { DialElement, DialTarget } from './document.ts';
import type { ElementContext } from './element-context.ts';
import { type HangupCause, type HangupCode, hangupCause } from './hangup-cause.ts';
import { readSentDigits } from './sent-digits.ts';

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
  /** Resolves when every leg but the winner has ended and its end is told. */
  readonly othersEnded: Promise<unknown>;
}

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
  /** Why a leg that is made from now on is given up at once. */
  let over: HangupCause | undefined;

  const lost = (end: HangupCause) => {
    const importance = importanceOf(end.code);
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
      isSecure: target.isSecure,
      timeLimitMs: element.timeLimitMs,
    });
    if (dialled.kind === 'refused') {
      context.call.note('dial_refused', { to: target.address, code: dialled.cause.code });
      return lost(dialled.cause);
    }
    const leg: DialledLeg = { call: dialled.call, target, position };
    legs.add(leg);
    void leg.call.ended.then(() => reports.hungUp(leg));
    if (over) leg.call.hangUp(over);
    const state = await outcomeOfLeg(leg, {
      ringing: () => {
        rang = true;
        events.progressed(leg);
      },
    });
    if (state.kind === 'ended') return lost(state.cause);
    reports.answered(leg);
    const confirmed = await mayConnect(element, leg, context, signal);
    if (confirmed) return decide(leg);
    // A leg that has hung up by itself keeps its own cause.
    leg.call.hangUp(hangupCause(9110, 'Plivo'));
    lost(endOf(leg.call) ?? hangupCause(9110, 'Plivo'));
  };

  const cancelTimeout = services.clock.after(element.timeoutMs, () => {
    over = hangupCause(6010, 'Plivo');
    for (const { call } of legs) {
      if (!call.answered) call.hangUp(over);
    }
  });
  const abort = () => {
    over = endOfRest(context);
    decide(undefined);
  };
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
  over = winner ? hangupCause(9000, 'Plivo') : endOfRest(context);
  const others = [...legs].filter((leg) => leg !== winner);
  for (const { call } of others) call.hangUp(over);
  return {
    winner,
    rang: rang || winner !== undefined,
    cause: signal.aborted ? over : cause,
    othersEnded: Promise.all(others.map(({ call }) => call.ended)),
  };
}

/** Without a document nothing is asked for. */
function mayConnect(element: DialElement, { call }: DialledLeg, context: ElementContext, signal: AbortSignal): Promise<boolean> {
  const { confirmSound: url, confirmKey: key, confirmTimeoutMs: timeoutMs } = element;
  if (url === undefined) return Promise.resolve(!call.gone.aborted);
  const sound = { target: { url, method: 'POST' }, askedBy: context.call };
  return confirm({ sound, key, timeoutMs }, call, context.services, signal);
}

/** How much the end of a leg says: a phone that rang, was busy or refused says more than a number that could not be dialled at all. */
function importanceOf(code: HangupCode): number {
  if (code === 9000) return 0;
  return code === 6010 || code === 9110 || (code >= 3000 && code < 5000 && code !== 3030) ? 2 : 1;
}

const endOf = (call: Call): HangupCause | undefined => call.facts.ended?.cause;

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
  let digits = target.sendDigits;
  const sendDigits = () => {
    if (digits !== undefined) sendTo(leg, digits);
    digits = undefined;
  };
  const answered = () => {
    release();
    sendDigits();
    resolve({ kind: 'answered' });
  };
  const release = call.watch({
    progressed(state) {
      if (state === 'answered') return answered();
      if (state === 'early' && target.sendOnPreanswer) sendDigits();
      events.ringing();
    },
    ended: (end) => resolve({ kind: 'ended', cause: end.cause }),
  });
  if (call.answered) answered();
  return promise;
}

function sendTo({ call, target }: DialledLeg, text: string): void {
  const { digits, ...tones } = readSentDigits(text);
  call.media?.sendDigits(digits, { method: target.sendDigitsMethod, ...tones }, call.gone);
  call.note('digits_sent', { count: digits.length });
}
