import type { Call } from '../voice/call.ts';
import type { CallRecordings } from '../voice/call-recordings.ts';
import type { MaskedCallNeeds } from './masked-call.ts';
import type { MaskingEvent, PartyEnd } from './notices.ts';
import type { Interaction, MaskingSession } from './session.ts';

/** Recordings of a call end with it at the latest; a day is the longest that a call lasts. */
const MAX_RECORDING_MS = 86_400_000;

/** Follows the two legs of a call between masked parties: tells what happens, keeps its record, and records it. */
export class MaskedCallReport {
  readonly #caller: Call;
  readonly #session: MaskingSession;
  readonly #to: string;
  readonly #side: 'first' | 'second';
  readonly #needs: MaskedCallNeeds;
  readonly #startedAt: Date;
  #callee: Call | undefined;
  #recordingId: string | null = null;
  /** What is told and kept, one after the other. */
  #last: Promise<void> = Promise.resolve();
  #recorded: Promise<void> = Promise.resolve();

  constructor(caller: Call, session: MaskingSession, to: string, side: 'first' | 'second', needs: MaskedCallNeeds) {
    this.#caller = caller;
    this.#session = session;
    this.#to = to;
    this.#side = side;
    this.#needs = needs;
    this.#startedAt = new Date(needs.clock.now());
  }

  /** What the callee hears first. */
  get calleeSound(): string | undefined {
    const { firstPartyPlay, secondPartyPlay } = this.#session.plan;
    return this.#side === 'first' ? secondPartyPlay : firstPartyPlay;
  }

  begin(): void {
    const { sessionId, plan } = this.#session;
    const { store } = this.#needs;
    if (plan.isSingleParty && this.#isStranger) this.#then(() => store.called(sessionId, this.#number));
    this.#keep(null);
    const answered = () => this.tell({ kind: 'first-answer' });
    if (this.#caller.answered) answered();
    else this.#caller.watch({ progressed: (progress) => progress === 'answered' && answered() });
    void this.#caller.ended.then(() => this.tell({ kind: 'first-hangup', end: endOf([this.#caller]) }));
  }

  dialled(callee: Call): void {
    this.#callee = callee;
    this.#keep(null);
    let rang = false;
    callee.watch({
      progressed: (progress) => {
        if (progress === 'answered') this.tell({ kind: 'second-answer' });
        else if (!rang) this.tell({ kind: 'second-ring' });
        rang = true;
      },
    });
    void callee.ended.then(() => this.tell({ kind: 'second-hangup', end: endOf([callee]) }));
  }

  /** Both hear each other. */
  connected(recordings: CallRecordings): void {
    if (!this.#session.plan.record) return;
    this.#recorded = this.#record(recordings).catch((error: unknown) => {
      this.#caller.note('recording_failed', { reason: String(error) });
    });
  }

  /** Resolves when both legs have ended and all is told and kept. */
  async settled(): Promise<void> {
    await Promise.all([this.#caller.ended, this.#callee?.ended, this.#recorded]);
    const legs = this.#callee ? [this.#caller, this.#callee] : [this.#caller];
    this.tell({ kind: 'parties-hangup', end: endOf(legs) });
    this.#keep(new Date(this.#needs.clock.now()));
    await this.#last;
  }

  tell(event: MaskingEvent): void {
    const told = this.#event(event);
    this.#then(() => this.#needs.store.tell(this.#session.sessionId, told));
  }

  #event(event: MaskingEvent) {
    return { event, from: this.#number, to: this.#to, at: this.#needs.clock.now() };
  }

  async #record(recordings: CallRecordings): Promise<void> {
    const prepared = await recordings.prepare(this.#caller, {
      format: this.#session.plan.recordFormat,
      channels: 'mono',
      maxMs: MAX_RECORDING_MS,
      silenceMs: undefined,
      callback: undefined,
      apiId: undefined,
      transcription: undefined,
      // Told with the record, so that neither is without the other.
      kept: (client, recording) =>
        this.#needs.store.tellWithin(client, this.#session.sessionId, this.#event({ kind: 'recording-completed', recording })),
      program: { kind: 'program', subjectId: this.#session.sessionId, from: this.#number, to: this.#to },
    });
    const { recordingId, url } = prepared;
    const running = await prepared.start();
    this.#recordingId = recordingId;
    this.tell({ kind: 'recording-initiated', recording: { recordingId, url } });
    this.#keep(null);
    const stop = () => running.stop();
    this.#callee?.gone.addEventListener('abort', stop, { once: true });
    const facts = await running.finished;
    if (!facts) this.tell({ kind: 'recording-failed', recording: { recordingId, url } });
  }

  #keep(endedAt: Date | null): void {
    const { sessionId } = this.#session;
    const caller = this.#caller.facts;
    const callee = this.#callee?.facts;
    const legs = this.#callee ? [this.#caller, this.#callee] : [this.#caller];
    const { durationS, billedS, amountMicros } = endOf(legs);
    const interaction: Interaction = {
      firstCallId: caller.callId,
      secondCallId: callee?.callId ?? null,
      recordingId: this.#recordingId,
      firstStatus: caller.status,
      secondStatus: callee?.status ?? '',
      durationS,
      billedS,
      amountMicros,
      startedAt: this.#startedAt,
      endedAt,
    };
    this.#then(() => this.#needs.store.keepInteraction(sessionId, interaction));
  }

  /** Number of who called in, or was called first. */
  get #number(): string {
    const { direction, from, to } = this.#caller.facts;
    return direction === 'inbound' ? from : to;
  }

  get #isStranger(): boolean {
    return this.#number !== this.#session.firstParty && this.#number !== this.#session.secondParty;
  }

  /** A failure loses what was to be told, not the call. */
  #then(work: () => Promise<void>): void {
    const { log } = this.#needs;
    this.#last = this.#last
      .then(work)
      .catch((error: unknown) =>
        log.warn({ err: error, session_uuid: this.#session.sessionId }, 'what happened in a masking session was not stored'),
      );
  }
}

/** Of both legs together: as long as the longer one, billed and paid for one after the other. */
function endOf(legs: readonly Call[]): PartyEnd {
  const ends = legs.map((leg) => leg.facts.ended).filter((end) => end !== undefined);
  return {
    cause: ends[0]?.cause,
    durationS: Math.max(0, ...ends.map((end) => end.durationS)),
    billedS: ends.reduce((sum, end) => sum + end.billedS, 0),
    amountMicros: ends.reduce((sum, end) => sum + end.amountMicros, 0),
  };
}
