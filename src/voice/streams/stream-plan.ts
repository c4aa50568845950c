import type { StreamEncoding, StreamRate } from '../../media/stream-audio.ts';
import type { ElementUrl } from '../document.ts';

/** What was asked of a stream, by XML or by the API, with every default filled in (audio-streaming.md §1, §2). */
export interface StreamPlan {
  /** `ws` or `wss`, as it was given. */
  readonly url: string;
  readonly bidirectional: boolean;
  readonly track: 'inbound' | 'outbound' | 'both';
  readonly timeoutMs: number;
  readonly encoding: StreamEncoding;
  readonly sampleRate: StreamRate;
  /** As given; `""` = none. */
  readonly extraHeaders: string;
  readonly statusCallback: ElementUrl | undefined;
  /** 60 (light) to 100 (aggressive); undefined = the audio as it is. */
  readonly noiseLevel: number | undefined;
  /** The document waits for the stream's end. */
  readonly keepCallAlive: boolean;
}
