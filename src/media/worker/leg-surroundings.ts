import type { EncodedClips } from './encoded-clips.ts';
import type { LegStreamsSurroundings } from './leg-streams.ts';
import type { MediaEvent, WorkerSettings } from './protocol.ts';

/** What a leg needs of the worker it lives in. */
export interface LegSurroundings extends LegStreamsSurroundings {
  readonly settings: WorkerSettings;
  readonly clips: EncodedClips;
  tell(event: MediaEvent): void;
  /** Moves the turns of a leg by so many slots. */
  shift(leg: number, slots: number): void;
  /** Uniform in [0, 2^32). */
  random32(): number;
  monotonic(): number;
  wall(): number;
}
