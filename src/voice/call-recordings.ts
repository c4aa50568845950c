import type pg from 'pg';
import type { Recording, RecordOptions } from '../media/media-engine.ts';
import type { Call } from './call.ts';
import type { CallNotification, RecordingFacts } from './call-application.ts';
import type { ElementUrl, Transcription } from './document.ts';

export interface RecordingPlan {
  readonly format: 'mp3' | 'wav';
  readonly channels: 'mono' | 'stereo' | 'incoming';
  readonly maxMs: number;
  readonly silenceMs: number | undefined;
  /** Told when the file is ready. */
  readonly callback: ElementUrl | undefined;
  /** Names of the callback's parameters: those of XML, or of the API with the id of its request. */
  readonly apiId: string | undefined;
  readonly transcription: Transcription | undefined;
  /** Adds rows to the transaction that makes the file visible. Resolves with what must be called after its commit. */
  readonly kept?: ((client: pg.ClientBase, facts: RecordingFacts) => Promise<() => void>) | undefined;
  /** Stands for `kept` where another process takes the file up. */
  readonly program?: ProgramRecording | undefined;
}

export interface RunningRecording {
  readonly recordingId: string;
  /** Where the file will be. */
  readonly url: string;
  /** Resolves when the file and its record are there. Undefined when there is no file: the disk was full, or nothing was recorded. */
  readonly finished: Promise<RecordingFacts | undefined>;
  stop(): void;
  /** Nothing is recorded until it is resumed. */
  pause(): void;
  resume(): void;
}

/** Of a recording in a call that a program of this server runs: what the program is told it by when the process does not live to its end. */
export interface ProgramRecording {
  readonly kind: 'program';
  /** What the program knows the call by. */
  readonly subjectId: string;
  readonly from: string;
  readonly to: string;
}

/** Tells the program in the transaction that makes the file visible. Resolves with what must be called after its commit. */
export type TellProgram = (client: pg.ClientBase, told: ProgramRecording, facts: RecordingFacts) => Promise<() => void>;

/** A recording that has its name and has not begun. */
export interface PreparedRecording {
  readonly recordingId: string;
  readonly url: string;
  /** @throws LegGone when the call has no audio. */
  start(): Promise<RunningRecording>;
  /** It will not begin. */
  discard(): Promise<void>;
}

/** A room, or a part of one, that is recorded in the place of a call; the call is the one in whose name it is done. */
export interface RecordedRoom {
  readonly of: RecordedRoomName;
  record(options: RecordOptions): Recording;
  notification(recording: RecordingFacts): CallNotification | undefined;
}

/** What the record of such a recording names. A participant's own recording counts as one of its call. */
export type RecordedRoomName =
  | { readonly kind: 'conference'; readonly id: string; readonly name: string }
  | { readonly kind: 'multiparty' | 'participant'; readonly id: string; readonly name: string };

/** Recordings of calls: files, records and their callbacks. */
export interface CallRecordings {
  /** Resolves when its name is committed, so that it may be told. */
  prepare(call: Call, plan: RecordingPlan, room?: RecordedRoom): Promise<PreparedRecording>;
  /** Those of the call that run; recordings of rooms are not among them. */
  running(callId: string): readonly RunningRecording[];
}
