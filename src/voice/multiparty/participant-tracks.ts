import type { MultiPartyCall } from './multiparty-call.ts';
import type { RecordTrack } from './multiparty-control.ts';
import { beginRecording, type MultiPartyRecording, type MultiPartyRecordingPlan } from './multiparty-recording.ts';
import type { Participant } from './participant.ts';

type Track = Exclude<RecordTrack, 'both'>;

const tracksOf = (wanted: RecordTrack): readonly Track[] => (wanted === 'both' ? ['all', 'participant'] : [wanted]);

/** Recordings of single participants: what they say and hear on a channel each, or what they say alone. One of each kind at a time. */
export class ParticipantTracks {
  readonly #running = new WeakMap<Participant, Map<Track, MultiPartyRecording | undefined>>();

  /**
   * Begins those that do not run yet and answers the first of them; undefined when all run already or the participant has left.
   * @throws when storage does not take it
   */
  async start(
    multiParty: MultiPartyCall,
    participant: Participant,
    wanted: RecordTrack,
    plan: MultiPartyRecordingPlan,
  ): Promise<MultiPartyRecording | undefined> {
    const running = this.#running.get(participant) ?? new Map<Track, MultiPartyRecording | undefined>();
    this.#running.set(participant, running);
    const fresh = tracksOf(wanted).filter((track) => !running.has(track));
    // Taken before the first await: a second request finds them taken.
    for (const track of fresh) running.set(track, undefined);
    const begun = await Promise.all(fresh.map((track) => this.#begin(multiParty, participant, track, plan, running)));
    return begun.find((recording) => recording !== undefined);
  }

  /** Those that run now. */
  running(participant: Participant, wanted: RecordTrack): readonly MultiPartyRecording[] {
    const running = this.#running.get(participant);
    return tracksOf(wanted).flatMap((track) => running?.get(track) ?? []);
  }

  /** False when none of them runs. The files are made afterwards. */
  stop(participant: Participant, wanted: RecordTrack): boolean {
    const running = this.#running.get(participant);
    const stopped = tracksOf(wanted).filter((track) => running?.get(track));
    for (const track of stopped) {
      running?.get(track)?.stop();
      running?.delete(track);
    }
    return stopped.length > 0;
  }

  async #begin(
    multiParty: MultiPartyCall,
    participant: Participant,
    track: Track,
    plan: MultiPartyRecordingPlan,
    running: Map<Track, MultiPartyRecording | undefined>,
  ): Promise<MultiPartyRecording | undefined> {
    const { call, services, leg, id } = participant;
    const left = new AbortController();
    void participant.departed.then(() => left.abort());
    let recording: MultiPartyRecording | undefined;
    try {
      recording = await beginRecording(
        {
          call,
          services,
          of: { kind: 'participant', id: multiParty.id, name: multiParty.name },
          memberId: id,
          channels: track === 'all' ? 'stereo' : 'incoming',
          record: (options) => leg.record(options),
        },
        plan,
        multiParty.teller,
        left.signal,
      );
    } finally {
      if (!recording) running.delete(track);
    }
    if (!recording) return undefined;
    const { stop, ended } = recording;
    running.set(track, recording);
    void participant.departed.then(stop);
    void ended.then(() => {
      if (running.get(track) === recording) running.delete(track);
    });
    return recording;
  }
}
