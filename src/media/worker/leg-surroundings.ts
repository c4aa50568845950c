import type { EncodedClips } from './encoded-clips.ts';
import type { LegStreamsSurroundings } from './leg-streams.ts';
import type { MediaEvent, WorkerSettings } from './protocol.ts';

/** What a leg stands on in its worker. */
export interface LegSurroundings extends LegStreamsSurroundings {
  readonly settings: WorkerSettings;
  readonly clips: EncodedClips;
  tell(event: MediaEvent): void;
  /** Uniform in [0, 2^32). */
  random32(): number;
  monotonic(): number;
  wall(): number;
}
