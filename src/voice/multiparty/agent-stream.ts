import type { MediaLeg, MediaMember } from '../../media/media-engine.ts';
import type { Call } from '../call.ts';
import type { CallStreams, RunningStream } from '../streams/call-streams.ts';
import type { StreamEndReason } from '../streams/stream-facts.ts';
import type { StreamParty } from '../streams/stream-party.ts';
import type { StreamPlan } from '../streams/stream-plan.ts';

interface AgentStreamOptions {
  readonly call: Call;
  readonly leg: MediaLeg;
  readonly seat: MediaMember;
  readonly plan: StreamPlan;
  readonly streams: CallStreams;
  /** The application is not there, or not any more. */
  readonly ended: () => void;
}

/** The application behind an AI agent, from its participant's entry into the room to the exit of either (multiparty-calls.md §6.1). */
export class AgentStream {
  #running: RunningStream | undefined;
  #stopped: StreamEndReason | undefined;

  constructor({ call, leg, seat, plan, streams, ended }: AgentStreamOptions) {
    streams.start(call, plan, partyOf(leg, seat)).then(
      (running) => {
        if (!running) {
          call.note('stream_refused', { reason: 'the call has a stream already' });
          ended();
          return;
        }
        this.#running = running;
        if (this.#stopped !== undefined) running.stop(this.#stopped);
        void running.ended.then(ended);
      },
      (error: unknown) => {
        call.note('stream_failed', { reason: String(error) });
        ended();
      },
    );
  }

  /** The participant leaves. */
  stop(reason: StreamEndReason): void {
    this.#stopped ??= reason;
    this.#running?.stop(reason);
  }
}

/**
 * What the participant hears, the room without itself or its music, is what the application is told as said to it, and what the
 * application says is the participant's voice. Keys are those of the participant's own far end.
 */
const partyOf = (leg: MediaLeg, seat: MediaMember): StreamParty => ({
  tap: (options, listener) => leg.tap({ ...options, tracks: ['outbound'] }, (_, audio) => listener('inbound', audio)),
  feed: () => seat.voice(),
  onDigit: (listener) => leg.onDigit(listener),
  sendDigits: (digits, options, signal) => leg.sendDigits(digits, options, signal),
});
