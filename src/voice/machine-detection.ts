import type { AnswerOptions, AnswerVerdict } from '../media/media-engine.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Call } from './call.ts';
import type { CallApplication } from './call-application.ts';
import type { ElementUrl } from './document.ts';
import { hangupCause } from './hangup-cause.ts';

/** What a call of the API is to find out about who answers (voice-xml.md §11). */
export interface MachineDetection {
  /** What becomes of a call that a machine has answered. */
  readonly ifMachine: 'continue' | 'hangup';
  /** Who is told of a machine. With it the document runs meanwhile, without it the document waits for the verdict. */
  readonly callback?: ElementUrl | undefined;
  readonly answer: AnswerOptions;
}

/** The verdict is reckoned in audio; a leg that gets none, such as one on hold, has this much longer. */
const GRACE_MS = 1_000;

interface MachineDetectionServices {
  readonly clock: Clock;
  readonly application: Pick<CallApplication, 'notify'>;
}

/**
 * Finds out who has answered the call. Resolves when that is known, the window is over or the call has ended; never rejects. A machine is marked on the call, told to the callback, and hung up on where that is asked for.
 */
export async function detectMachine(
  call: Call,
  detection: MachineDetection,
  { clock, application }: MachineDetectionServices,
): Promise<void> {
  const { ifMachine, callback, answer } = detection;
  call.note('machine_detection', { if_machine: ifMachine, document_waits: callback === undefined, window_ms: answer.windowMs });
  call.detectMachine();
  const verdict = await hearAnswer(call, answer, clock);
  if (call.gone.aborted) return;
  call.note('answered_by', {
    by: verdict?.by ?? 'unknown',
    reason: verdict?.reason ?? 'no-audio',
    after_ms: verdict?.afterMs ?? null,
    voice_ms: verdict?.voiceMs ?? null,
    words: verdict?.words ?? null,
  });
  if (verdict?.by !== 'machine') return;
  call.markMachine();
  if (callback) {
    await application
      .notify({ kind: 'machine', call: call.facts, target: callback, ifMachine })
      .catch((error: unknown) => call.note('callback_lost', { reason: String(error) }));
  }
  if (ifMachine === 'hangup') call.hangUp(hangupCause(9100, 'Plivo'));
}

async function hearAnswer(call: Call, answer: AnswerOptions, clock: Clock): Promise<AnswerVerdict | undefined> {
  const { media } = call;
  if (!media) return undefined;
  const late = new AbortController();
  const cancel = clock.after(answer.windowMs + GRACE_MS, () => late.abort());
  try {
    const heard = await media.listen({ answer }, AbortSignal.any([call.gone, late.signal]));
    return heard?.kind === 'answer' ? heard.verdict : undefined;
  } finally {
    cancel();
  }
}
