import { noiseSuppression } from '../../media/noise/noise-suppressor.ts';
import type { AudioFeed, AudioTap, StreamTrack } from '../../media/stream-audio.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Call } from '../call.ts';
import { AppAudioReader } from './app-audio.ts';
import { Intake } from './intake.ts';
import { SendLag } from './send-lag.ts';
import type { StreamCommand, StreamConversation, StreamDialect } from './stream-dialect.ts';
import type { StreamEndReason, StreamFacts, StreamNotification } from './stream-facts.ts';
import type { StreamParty } from './stream-party.ts';
import type { StreamPlan } from './stream-plan.ts';
import type { OpenStreamSocket, StreamSocket } from './stream-socket.ts';
import { isOver, nextStreamState, type StreamEvent, type StreamState } from './stream-state.ts';

/** The first attempt to connect and two more (audio-streaming.md §3). */
export const CONNECT_ATTEMPTS = 3;
/** Between attempts: long enough for an application that restarts, short enough for a caller who hears nothing meanwhile. */
export const RETRY_DELAY_MS = 1_000;
/** How far the application is behind is measured as often. */
export const PING_EVERY_MS = 1_000;
/** An application that does not answer the close of a socket holds up nothing for longer. */
export const CLOSE_GRACE_MS = 2_000;
/** Milliseconds of audio in a message. */
const FRAME_MS = 20;
/** Remarks about messages of the application that a stream leaves in the timeline at most. */
const MAX_REMARKS = 20;
/** Keys that an application sends. */
const TONES = { method: 'rfc4733', toneMs: 100, gapMs: 100 } as const;
/** Closed in order: normal, going away, and without a code (RFC 6455 §7.4.1). */
const ORDERLY: ReadonlySet<number> = new Set([1000, 1001, 1005]);

/** Texts of `Error` in status callbacks (audio-streaming.md §4). */
const ERRORS: Readonly<Partial<Record<StreamEvent, string>>> = {
  unreachable: 'connection_failed',
  lost: 'connection disconnected with the remote service',
  overflow: 'buffer_overflow',
};

export interface AudioStreamNeeds {
  readonly clock: Clock;
  readonly dialect: StreamDialect;
  readonly open: OpenStreamSocket;
  /** Keeps the record; what fails there is in the timeline. */
  readonly changed: (stream: StreamFacts) => Promise<void>;
  readonly notify: (notification: StreamNotification) => Promise<void>;
}

export type StreamIdentity = Pick<StreamFacts, 'streamId' | 'callId' | 'accountId' | 'ownerId' | 'createdAt'>;

/** One stream of a call's audio to an application, and back. It ends once, whoever asks first. */
export class AudioStream {
  /** Resolves when it is over: what comes after it in the call may begin. */
  readonly ended: Promise<void>;
  readonly #identity: StreamIdentity;
  readonly #call: Call;
  readonly #party: StreamParty;
  readonly #plan: StreamPlan;
  readonly #needs: AudioStreamNeeds;
  readonly #over = new AbortController();
  readonly #settleEnded: () => void;
  readonly #closed = Promise.withResolvers<void>();
  readonly #audio = new AppAudioReader();
  readonly #intake: Intake;
  readonly #cleanups: (() => void)[] = [];
  #conversation: StreamConversation | undefined;
  #state: StreamState = 'connecting';
  #startedAt: number | undefined;
  #endedAt: number | undefined;
  #endReason: StreamEndReason | undefined;
  #socket: StreamSocket | undefined;
  #lag: SendLag | undefined;
  #feed: AudioFeed | undefined;
  #told = false;
  #remarks = 0;
  /** Records and callbacks are written one after the other. */
  #writes: Promise<void> = Promise.resolve();

  constructor(identity: StreamIdentity, call: Call, party: StreamParty, plan: StreamPlan, needs: AudioStreamNeeds) {
    this.#identity = identity;
    this.#call = call;
    this.#party = party;
    this.#plan = plan;
    this.#needs = needs;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.ended = promise;
    this.#settleEnded = resolve;
    this.#intake = new Intake(needs.clock, () => this.#socket);
  }

  get id(): string {
    return this.#identity.streamId;
  }

  get url(): string {
    return this.#plan.url;
  }

  get facts(): StreamFacts {
    return {
      ...this.#identity,
      plan: this.#plan,
      state: this.#state,
      startedAt: this.#startedAt,
      endedAt: this.#endedAt,
      endReason: this.#endReason,
    };
  }

  /** Resolves when it is over, its socket is closed, and record and callbacks are written. */
  async settled(): Promise<void> {
    await this.ended;
    await this.#closed.promise;
    await this.#writes;
  }

  /** Connects. Does not wait for it. */
  begin(): void {
    const { gone } = this.#call;
    const onGone = () => this.stop('Call hangup');
    gone.addEventListener('abort', onGone, { once: true });
    this.#cleanups.push(() => gone.removeEventListener('abort', onGone));
    this.#call.note('stream_started', { stream_id: this.id, url: withoutQuery(this.#plan.url), encoding: this.#plan.encoding });
    if (this.#plan.noiseLevel !== undefined) {
      const { name, suppresses } = noiseSuppression;
      this.#call.note('stream_noise_suppression', { engine: name, suppresses, level: this.#plan.noiseLevel });
    }
    if (gone.aborted) onGone();
    else void this.#connect();
  }

  stop(reason: StreamEndReason): void {
    this.#end('stop', reason);
  }

  async #connect(): Promise<void> {
    const { signal } = this.#over;
    for (let attempt = 1; attempt <= CONNECT_ATTEMPTS && !signal.aborted; attempt++) {
      try {
        const socket = await this.#attempt(signal);
        if (signal.aborted) socket.terminate();
        else this.#connected(socket);
        return;
      } catch (error) {
        if (signal.aborted) return;
        const reason = error instanceof Error ? error.message : String(error);
        this.#call.note('stream_connect_failed', { stream_id: this.id, attempt, reason });
      }
      if (attempt < CONNECT_ATTEMPTS) await this.#needs.clock.sleep(RETRY_DELAY_MS, signal).catch(() => undefined);
    }
    this.#end('unreachable', 'Connection error');
  }

  async #attempt(signal: AbortSignal): Promise<StreamSocket> {
    const headers = await this.#needs.dialect.handshake(this.#identity.ownerId, this.#plan.url);
    signal.throwIfAborted();
    return this.#needs.open({
      url: this.#plan.url,
      headers,
      signal,
      events: {
        message: (text) => this.#take(text),
        binary: () => this.#remark('stream_message_ignored', 'it is not text'),
        pong: (content) => this.#lag?.pong(content),
        closed: (code) => this.#onClosed(code),
      },
    });
  }

  #connected(socket: StreamSocket): void {
    const { clock, dialect } = this.#needs;
    this.#socket = socket;
    this.#state = nextStreamState(this.#state, 'connected');
    this.#startedAt = clock.now();
    this.#lag = new SendLag(clock, socket);
    this.#conversation = dialect.converse(this.facts);
    this.#call.note('stream_connected', { stream_id: this.id });
    this.#write(() => this.#needs.changed(this.facts));
    socket.send(this.#conversation.start());
    const { track, encoding, sampleRate, noiseLevel } = this.#plan;
    const tracks: readonly StreamTrack[] = track === 'both' ? ['inbound', 'outbound'] : [track];
    if (this.#plan.bidirectional) this.#feed = this.#party.feed();
    const tap: AudioTap = this.#party.tap({ tracks, encoding, sampleRate, noiseLevel }, (from, audio) =>
      this.#sendAudio(from, audio, tracks.length),
    );
    this.#cleanups.push(
      () => tap.stop(),
      () => this.#feed?.close(),
      this.#party.onDigit((digit) => this.#sendText(this.#conversation?.digit(digit, clock.now()))),
      clock.after(this.#plan.timeoutMs, () => this.stop('Stream timeout')),
      () => this.#intake.stop(),
    );
    this.#watchLag();
    socket.resume();
  }

  #sendAudio(track: StreamTrack, audio: Uint8Array, tracks: number): void {
    const text = this.#conversation?.media(track, audio, this.#needs.clock.now());
    if (text === undefined) return;
    this.#lag?.sent(text.length * tracks, FRAME_MS);
    this.#sendText(text);
    if (this.#told) return;
    this.#told = true;
    this.#notify('started');
  }

  #sendText(text: string | undefined): void {
    if (text !== undefined && this.#state === 'streaming') this.#socket?.send(text);
  }

  #watchLag(): void {
    const stop = this.#needs.clock.after(PING_EVERY_MS, () => {
      this.#cleanups.splice(this.#cleanups.indexOf(stop), 1);
      const found = this.#lag?.check();
      if (found === 'overflow') {
        this.#end('overflow', 'Connection error');
        return;
      }
      if (found !== undefined) {
        this.#call.note('stream_degraded', { stream_id: this.id, percent: found });
        this.#notify('degraded');
      }
      this.#lag?.ping();
      this.#watchLag();
    });
    this.#cleanups.push(stop);
  }

  #take(text: string): void {
    if (this.#state !== 'streaming' || !this.#conversation) return;
    if (this.#intake.count(text.length)) this.#remark('stream_flooded', 'messages come faster than they are read');
    this.#obey(this.#conversation.read(text));
  }

  #obey(command: StreamCommand): void {
    if (command.kind === 'ignored') this.#remark('stream_message_ignored', command.reason);
    else if (this.#feed) this.#obeyWith(this.#feed, command);
    else this.#remark('stream_message_ignored', `${command.kind} on a stream that is not bidirectional`);
  }

  #obeyWith(feed: AudioFeed, command: Exclude<StreamCommand, { kind: 'ignored' }>): void {
    switch (command.kind) {
      case 'play': {
        const audio = this.#audio.read(command);
        const taken = audio && feed.push(audio.pcm, audio.sampleRate);
        if (!audio) this.#remark('stream_message_ignored', 'invalid_content_type');
        else if (taken !== audio.pcm.length) this.#remark('stream_audio_dropped', 'buffer_overflow');
        return;
      }
      case 'checkpoint':
        void feed.checkpoint().then((played) => {
          if (played) this.#sendText(this.#conversation?.played(command.name));
        });
        return;
      case 'clear':
        feed.clear();
        this.#audio.clear();
        this.#sendText(this.#conversation?.cleared());
        return;
      case 'digits':
        this.#party.sendDigits(command.digits, TONES, this.#over.signal);
        return;
    }
  }

  #onClosed(code: number): void {
    this.#closed.resolve();
    if (!isOver(this.#state)) this.#call.note('stream_socket_closed', { stream_id: this.id, code });
    this.#end(ORDERLY.has(code) ? 'closed' : 'lost', 'Connection error');
  }

  #end(event: StreamEvent, reason: StreamEndReason): void {
    const state = nextStreamState(this.#state, event);
    if (state === this.#state) return;
    this.#state = state;
    this.#endedAt = this.#needs.clock.now();
    this.#endReason = reason;
    this.#over.abort();
    for (const cleanup of this.#cleanups.splice(0)) cleanup();
    this.#closeSocket(event === 'overflow');
    this.#call.note('stream_ended', { stream_id: this.id, state, reason, error: ERRORS[event] ?? null });
    const { facts } = this;
    this.#write(() => this.#needs.changed(facts));
    this.#notify(state === 'dropped' ? 'dropped' : 'stopped', ERRORS[event]);
    this.#settleEnded();
  }

  /** What waits for a slow application is not waited for. */
  #closeSocket(atOnce: boolean): void {
    const socket = this.#socket;
    if (!socket) this.#closed.resolve();
    else if (atOnce) socket.terminate();
    else {
      const cancel = this.#needs.clock.after(CLOSE_GRACE_MS, () => socket.terminate());
      void this.#closed.promise.then(cancel);
      socket.close();
    }
  }

  #notify(event: StreamNotification['event'], error?: string): void {
    if (!this.#plan.statusCallback) return;
    const notification = { kind: 'stream', stream: this.facts, event, at: this.#needs.clock.now(), error } as const;
    this.#write(() => this.#needs.notify(notification));
  }

  #write(task: () => Promise<void>): void {
    this.#writes = this.#writes.then(task).catch((error: unknown) => {
      this.#call.note('stream_record_failed', { stream_id: this.id, reason: String(error) });
    });
  }

  #remark(event: string, reason: string): void {
    if (++this.#remarks <= MAX_REMARKS) this.#call.note(event, { stream_id: this.id, reason });
  }
}

/** Tokens are often in the query. */
const withoutQuery = (url: string): string => url.replace(/[?#].*$/s, '');
