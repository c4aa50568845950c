import { ownerOf, type Scope } from '../accounts/account.ts';
import { reachOf } from '../accounts/reach.ts';
import { invalidParameter, notFound } from '../errors/catalogue.ts';
import type { MediaLeg } from '../media/media-engine.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Call } from './call.ts';
import type {
  CallControl,
  Legs,
  PlaceCalls,
  PlacedCalls,
  PlayRequest,
  RecordRequest,
  SpeakRequest,
  StartedRecording,
  TransferTargets,
} from './call-control.ts';
import { CallFlow } from './call-flow.ts';
import type { OpenCall } from './call-record.ts';
import type { CallStore } from './call-store.ts';
import { type FlowServices, soundFailure } from './flow-services.ts';
import { type HangupCause, hangupCause } from './hangup-cause.ts';
import { LegGone } from './leg.ts';
import type { LiveCall, LiveCalls } from './live-calls.ts';
import { moveCall } from './moved-call.ts';
import { factsOfOpenCall } from './open-call-facts.ts';
import type { OpenCallStore } from './open-call-store.ts';
import type { OutboundCalls } from './outbound-calls.ts';
import { stopWith } from './prompts.ts';
import { SENT_TONES } from './sent-digits.ts';
import type { WriteNotifications } from './write-notifications.ts';

export interface CallControlOptions {
  readonly live: LiveCalls;
  readonly outbound: OutboundCalls;
  readonly services: FlowServices;
  readonly ids: Ids;
  readonly store: Pick<CallStore, 'cancelQueued'>;
  readonly open: Pick<OpenCallStore, 'find' | 'within'>;
  readonly writeNotifications: WriteNotifications;
}

/** Calls hung up with one query. */
const HANG_UP_BATCH = 500;

/** What the API asks of live and queued calls of this node. */
export class CallControlService implements CallControl {
  readonly #options: CallControlOptions;
  /** What the API plays on a leg now: the newer replaces the older. */
  readonly #playing = new WeakMap<MediaLeg, { readonly what: 'play' | 'speech'; readonly stopped: AbortController }>();

  constructor(options: CallControlOptions) {
    this.#options = options;
  }

  async place(scope: Scope, request: PlaceCalls): Promise<PlacedCalls> {
    const { parentCallId, errorIfParentNotFound } = request;
    if (errorIfParentNotFound && parentCallId !== undefined && !(await this.#options.open.find(reachOf(scope), parentCallId))) {
      throw invalidParameter('parent_call_uuid', 'parent_call_uuid parameter is invalid: there is no such call now');
    }
    return this.#options.outbound.place(scope, request);
  }

  async transfer(scope: Scope, callId: string, { legs, aLeg, bLeg }: TransferTargets): Promise<void> {
    const live = this.#live(scope, callId);
    if (!live.call.answered) throw invalidParameter('call_uuid', 'the call is not answered yet');
    // The other leg first: transferring its caller ends the Dial that holds it.
    if (legs !== 'aleg' && bLeg) {
      const released = live.flow?.dial?.release();
      if (!released) throw invalidParameter('legs', 'the call has no B leg now');
      this.#begin(released, bLeg);
    }
    if (legs !== 'bleg' && aLeg) this.#transferA(live, aLeg);
  }

  async hangUp(scope: Scope, callId: string): Promise<void> {
    if (await this.#endLive(scope, callId, apiHangup)) return;
    const open = await this.#options.open.find(reachOf(scope), callId);
    if (!open || !(await this.#endWaiting(scope, open, hangupCause(1000, 'API Request'), apiHangup))) throw notFound();
  }

  async hangUpAll(scope: Scope): Promise<void> {
    const reach = reachOf(scope);
    const cause = hangupCause(0, 'Unknown');
    for (let after: string | undefined, more = true; more; ) {
      const calls = await this.#options.open.within(reach, after, HANG_UP_BATCH);
      await Promise.all(
        calls.map(async (open) => {
          if (await this.#endLive(scope, open.callId, () => cause)) return;
          await this.#endWaiting(scope, open, cause, () => cause);
        }),
      );
      after = calls.at(-1)?.callId;
      more = calls.length === HANG_UP_BATCH;
    }
  }

  async cancelRequest(scope: Scope, requestId: string): Promise<void> {
    const live = this.#find(scope, requestId);
    // Calls that came in, and legs of a Dial, were asked for by no request.
    if (live && live.call.facts.requestId !== requestId) throw notFound();
    if (live?.call.answered) return;
    await this.hangUp(scope, requestId);
  }

  async play(scope: Scope, callId: string, request: PlayRequest): Promise<void> {
    const { services } = this.#options;
    const list = (signal: AbortSignal) => request.urls.map((url) => services.sounds.fromUrl(url, signal));
    this.#onLegs(scope, callId, request.legs, (call, leg) => this.#start(call, leg, 'play', request, list));
  }

  async stopPlay(scope: Scope, callId: string): Promise<void> {
    this.#stop(scope, callId, 'play');
  }

  async speak(scope: Scope, callId: string, request: SpeakRequest): Promise<void> {
    const { services } = this.#options;
    const list = (signal: AbortSignal) => [services.sounds.speech(request, 'api', signal)];
    const options = { ...request, lengthS: undefined };
    this.#onLegs(scope, callId, request.legs, (call, leg) => this.#start(call, leg, 'speech', options, list));
  }

  async stopSpeak(scope: Scope, callId: string): Promise<void> {
    this.#stop(scope, callId, 'speech');
  }

  async sendDigits(scope: Scope, callId: string, digits: string, legs: Legs): Promise<void> {
    this.#onLegs(scope, callId, legs, (call, leg) => {
      leg.sendDigits(digits, { method: 'rfc4733', ...SENT_TONES }, call.gone);
    });
  }

  async startRecording(scope: Scope, callId: string, request: RecordRequest): Promise<StartedRecording> {
    const { call } = this.#live(scope, callId);
    if (!call.media) throw invalidParameter('call_uuid', 'the call has no audio yet');
    const prepared = await this.#options.services.recordings.prepare(call, {
      format: request.format,
      channels: request.channels,
      maxMs: request.timeLimitS * 1000,
      silenceMs: undefined,
      callback: request.callback,
      apiId: request.apiId,
      transcription: request.transcription,
    });
    try {
      await prepared.start();
    } catch (error) {
      // It has ended while the recording got its name.
      throw error instanceof LegGone ? notFound() : error;
    }
    return { recordingId: prepared.recordingId, url: prepared.url };
  }

  async stopRecording(scope: Scope, callId: string, url: string | undefined): Promise<void> {
    const { call } = this.#live(scope, callId);
    const running = this.#options.services.recordings.running(call.id);
    for (const recording of running) {
      if (url === undefined || recording.url === url) recording.stop();
    }
  }

  /** False when the call is not live here. */
  async #endLive(scope: Scope, callId: string, causeOf: (call: Call) => HangupCause): Promise<boolean> {
    const live = this.#find(scope, callId);
    if (!live) return false;
    live.call.hangUp(causeOf(live.call));
    await live.call.ended;
    return true;
  }

  /** Takes a call out of the queue, or ends it when its turn has come meanwhile. False when it was neither waiting nor dialled. */
  async #endWaiting(scope: Scope, open: OpenCall, cause: HangupCause, causeOf: (call: Call) => HangupCause): Promise<boolean> {
    if (await this.#cancelQueued(open, cause)) return true;
    await this.#options.outbound.turnOf(open.callId);
    return this.#endLive(scope, open.callId, causeOf);
  }

  #find(scope: Scope, callId: string): LiveCall | undefined {
    const live = this.#options.live.find(callId);
    const facts = live?.call.facts;
    const isTheirs = facts?.accountId === scope.account.authId && (!scope.subaccount || facts.ownerId === ownerOf(scope));
    return isTheirs ? live : undefined;
  }

  #live(scope: Scope, callId: string): LiveCall {
    const live = this.#find(scope, callId);
    if (!live) throw notFound();
    return live;
  }

  #transferA(live: LiveCall, target: NonNullable<TransferTargets['aLeg']>): void {
    const start = { kind: 'transfer', target } as const;
    if (!moveCall(live, this.#options.live, start, (call) => this.#newFlow(call)))
      throw invalidParameter('call_uuid', 'the call is not connected yet');
  }

  /** Gives a leg that ran no document one of its own. */
  #begin(call: Call, target: NonNullable<TransferTargets['aLeg']>): void {
    const live = this.#options.live.find(call.id);
    if (!live) return;
    live.flow = this.#newFlow(call);
    void live.flow.run({ kind: 'transfer', target });
  }

  #newFlow(call: Call): CallFlow {
    return new CallFlow(call, this.#options.services, () => this.#options.ids.uuid());
  }

  /** The media of the legs that are meant. With `lenient` a leg that is not there is nothing to complain about. */
  #onLegs(scope: Scope, callId: string, legs: Legs, act: (call: Call, leg: MediaLeg) => void, lenient = false): void {
    const live = this.#live(scope, callId);
    const other = live.flow?.dial?.connected ?? this.#options.live.dialledBy(live.call)?.call;
    const meant = [...(legs === 'bleg' ? [] : [live.call]), ...(legs === 'aleg' || !other ? [] : [other])];
    const withAudio = meant.flatMap((call) => (call.media ? [{ call, leg: call.media }] : []));
    if (withAudio.length === 0 && !lenient) throw invalidParameter('legs', 'the call has no such leg with audio now');
    for (const { call, leg } of withAudio) act(call, leg);
  }

  #stop(scope: Scope, callId: string, what: 'play' | 'speech'): void {
    const stop = (_: Call, leg: MediaLeg) => {
      const playing = this.#playing.get(leg);
      if (playing?.what === what) playing.stopped.abort();
    };
    this.#onLegs(scope, callId, 'both', stop, true);
  }

  /** Fetches or synthesises in the background and plays; what cannot be had is in the timeline, and the rest is heard. */
  #start(
    call: Call,
    leg: MediaLeg,
    what: 'play' | 'speech',
    options: Pick<PlayRequest, 'loop' | 'mix' | 'lengthS'>,
    load: (signal: AbortSignal) => readonly ReturnType<FlowServices['sounds']['fromUrl']>[],
  ): void {
    this.#playing.get(leg)?.stopped.abort();
    const stopped = new AbortController();
    this.#playing.set(leg, { what, stopped });
    const signal = AbortSignal.any([stopped.signal, call.gone]);
    void Promise.allSettled(load(signal)).then((loaded) => {
      if (signal.aborted) return;
      for (const each of loaded)
        if (each.status === 'rejected') call.note('sound_skipped', { reason: soundFailure(each.reason) });
      const sources = loaded.flatMap((each) =>
        each.status === 'fulfilled' ? [{ kind: 'clip', clip: each.value } as const] : [],
      );
      if (sources.length === 0) return;
      const maxMs = options.lengthS === undefined ? undefined : options.lengthS * 1000;
      // The document goes on with what it plays: it has not been asked to do anything else.
      const playback = leg.play(sources, { loop: options.loop ? 0 : 1, mix: options.mix, maxMs, over: true });
      void stopWith(playback, signal);
    });
  }

  async #cancelQueued(open: OpenCall, cause: HangupCause): Promise<boolean> {
    const ended = { at: this.#options.services.clock.now(), cause, durationS: 0, billedS: 0, amountMicros: 0 };
    const { hangup } = open.options;
    const facts = { ...factsOfOpenCall(open), status: 'cancel', ended } as const;
    const cancelled = await this.#options.store.cancelQueued(
      open.callId,
      { ended },
      hangup && ((client) => this.#options.writeNotifications(client, [{ kind: 'hangup', call: facts, target: hangup }])),
    );
    // Only now: one whose turn has come meanwhile is dialled by what waits here.
    if (cancelled) this.#options.outbound.forget(open.callId);
    return cancelled;
  }
}

/** voice-api.md §4.8: before the answer it is a cancellation. */
const apiHangup = (call: Call): HangupCause => hangupCause(call.answered ? 4000 : 1000, 'API Request');
