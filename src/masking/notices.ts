import type pg from 'pg';
import type { Micros } from '../billing/money.ts';
import type { RecordingFacts } from '../voice/call-application.ts';
import type { ElementUrl } from '../voice/document.ts';
import type { HangupCause } from '../voice/hangup-cause.ts';

/** What happens in a session. The first party is who calls in, or who is called first; the second is who is called then. */
export type MaskingEvent =
  | { readonly kind: 'first-answer' | 'second-ring' | 'second-answer' | 'timeout' }
  | { readonly kind: 'first-hangup' | 'second-hangup' | 'parties-hangup'; readonly end: PartyEnd }
  | { readonly kind: 'pin'; readonly status: 'success' | 'failed' | 'authorized'; readonly tries: number }
  | { readonly kind: 'recording-initiated' | 'recording-failed'; readonly recording: Pick<RecordingFacts, 'recordingId' | 'url'> }
  | { readonly kind: 'recording-completed'; readonly recording: RecordingFacts };

/** How a leg, or both together, ended. */
export interface PartyEnd {
  readonly cause: HangupCause | undefined;
  readonly durationS: number;
  readonly billedS: number;
  readonly amountMicros: Micros;
}

export interface MaskingNotice {
  readonly sessionId: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly target: ElementUrl;
  readonly event: MaskingEvent;
  /** Numbers of who called in and of who was called; `""` where nobody is. */
  readonly from: string;
  readonly to: string;
  readonly virtualNumber: string;
  readonly format: 'mp3' | 'wav';
  /** From 1, of the session. */
  readonly sequence: number;
  readonly at: number;
}

export interface MaskingNotifier {
  /** Resolves with what must be called after the commit. */
  write(client: pg.ClientBase, notices: readonly MaskingNotice[]): Promise<() => void>;
}
