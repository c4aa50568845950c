import type { MediaLeg } from '../media/media-engine.ts';
import { MachineRun } from '../sip/machine.ts';
import type { Call } from './call.ts';
import { type ConnectionAction, type ConnectionEvent, type ConnectionState, connectionMachine } from './connection-machine.ts';
import type { ElementContext, RunningDial, SharedBridge, Suspension } from './element-context.ts';
import { type HangupCause, hangupCause } from './hangup-cause.ts';
import { LegGone } from './leg.ts';

/** What became of the two. */
export interface ConnectionEnd {
  /** They heard each other. */
  readonly bridged: boolean;
  readonly cause: HangupCause;
  /** Who was connected last. */
  readonly peer: Call;
}

/** Is told each time they begin to hear each other; what it returns is called when they cease to. */
export type JoinListener = (peer: Call, near: MediaLeg, far: MediaLeg) => readonly (() => void)[];

/** A call connected with another leg until one of them leaves. A transfer may put a third in the place of either. */
export class Connection implements RunningDial {
  readonly #context: ElementContext;
  readonly #onJoin: JoinListener;
  readonly #run = new MachineRun<ConnectionState, ConnectionEvent, ConnectionAction>(connectionMachine, 'joined');
  readonly #over = Promise.withResolvers<HangupCause>();
  #peer: Call;
  /** The leg is somebody else's as much as ours: its end is not ours to bring about. */
  #shared: SharedBridge | undefined;
  #released = false;
  #cause: HangupCause = hangupCause(5010, 'Plivo');
  #suspension: { readonly onLeave: () => void } | undefined;
  #stops: (() => void)[] = [];
  #unwatch: () => void = () => undefined;

  constructor(context: ElementContext, peer: Call, onJoin: JoinListener = () => []) {
    this.#context = context;
    this.#peer = peer;
    this.#onJoin = onJoin;
  }

  get connected(): Call | undefined {
    const { state } = this.#run;
    return state === 'joined' || state === 'apart' ? this.#peer : undefined;
  }

  /** Resolves when the call goes on without a partner, and the leg has ended where that is up to this. Never rejects. */
  async run(): Promise<ConnectionEnd> {
    const { call, session, signal } = this.#context;
    const interrupted = () => this.#leave(call.facts.ended?.cause ?? hangupCause(4000, 'API Request'));
    let bridged = false;
    let cause: HangupCause;
    try {
      await call.answer();
      await this.#peer.answer();
      this.#join();
      bridged = true;
      session.dial = this;
      this.#watch();
      signal.addEventListener('abort', interrupted, { once: true });
      if (signal.aborted) interrupted();
      cause = await this.#over.promise;
    } catch (error) {
      if (!(error instanceof LegGone)) call.note('bridge_failed', { reason: String(error) });
      cause = this.#peer.facts.ended?.cause ?? causeOfFailure(call, error);
    }
    signal.removeEventListener('abort', interrupted);
    this.#part();
    this.#unwatch();
    if (session.dial === this) session.dial = undefined;
    this.#shared?.over.abort();
    if (!this.#released && this.#shared === undefined) {
      this.#peer.hangUp(cause);
      // The application hears of its end before the action; a transferred caller has none.
      if (call.gone.aborted || !signal.aborted) await this.#peer.ended;
    }
    return { bridged, cause, peer: this.#peer };
  }

  release(): Call | undefined {
    const peer = this.connected;
    if (peer === undefined || this.#shared !== undefined) return undefined;
    this.#released = true;
    this.#leave(hangupCause(4000, 'API Request'));
    return peer;
  }

  suspend(onLeave: () => void): Suspension | undefined {
    if (this.#run.state !== 'joined' || this.#shared !== undefined) return undefined;
    this.#suspension = { onLeave };
    this.#take('suspend');
    return {
      resume: (cause) => {
        this.#cause = cause;
        this.#take('resume');
      },
      replace: (peer, shared) => this.#take('replace', { peer, shared }),
      handOver: () => this.#take('handOver'),
    };
  }

  #leave(cause: HangupCause): void {
    // Whoever holds it apart comes first: it may want to take the leg out.
    const suspension = this.#suspension;
    this.#suspension = undefined;
    suspension?.onLeave();
    this.#cause = cause;
    this.#take('leave');
  }

  #take(event: ConnectionEvent, next?: { readonly peer: Call; readonly shared: SharedBridge | undefined }): void {
    for (const action of this.#run.fire(event)) {
      switch (action) {
        case 'part':
          this.#part();
          break;
        case 'adopt':
          if (next === undefined) break;
          this.#peer = next.peer;
          this.#shared = next.shared;
          break;
        case 'join':
          this.#suspension = undefined;
          this.#rejoin();
          break;
        case 'release':
          this.#released = true;
          this.#suspension = undefined;
          this.#unwatch();
          break;
        case 'finish':
          this.#over.resolve(this.#cause);
      }
    }
  }

  #rejoin(): void {
    try {
      this.#join();
      this.#watch();
    } catch (error) {
      this.#context.call.note('bridge_failed', { reason: String(error) });
      this.#cause = this.#peer.facts.ended?.cause ?? hangupCause(5010, 'Plivo');
      this.#take('leave');
    }
  }

  #join(): void {
    const { call, services, session } = this.#context;
    const near = call.media;
    const far = this.#peer.media;
    if (near === undefined || far === undefined) throw new LegGone('a leg has no audio');
    if (this.#shared?.isMade !== true) {
      const bridge = services.media.bridge(near, far);
      this.#stops.push(() => bridge.dissolve());
    }
    if (this.#shared) this.#shared.isMade = true;
    for (const recording of session.onDialAnswer.splice(0)) recording.start();
    call.note('bridged', { with: this.#peer.id });
    this.#stops.push(...this.#onJoin(this.#peer, near, far));
  }

  #part(): void {
    for (const stop of this.#stops.splice(0)) stop();
  }

  #watch(): void {
    this.#unwatch();
    const peer = this.#peer;
    const ended = (cause: HangupCause) => {
      this.#cause = cause;
      this.#take('peerEnds');
    };
    const unwatch = peer.watch({ ended: ({ cause }) => ended(cause) });
    const other = this.#shared?.over.signal;
    const otherLeft = () => this.#leave(hangupCause(4000, 'API Request'));
    other?.addEventListener('abort', otherLeft, { once: true });
    this.#unwatch = () => {
      unwatch();
      other?.removeEventListener('abort', otherLeft);
    };
    if (peer.facts.ended) ended(peer.facts.ended.cause);
    else if (other?.aborted) otherLeft();
  }
}

/** The caller left while it was connected, or the audio could not be connected. */
const causeOfFailure = ({ gone }: Call, error: unknown): HangupCause =>
  gone.aborted || error instanceof LegGone ? hangupCause(1000, 'Caller') : hangupCause(5010, 'Plivo');
