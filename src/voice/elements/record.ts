import type { Call } from '../call.ts';
import type { PreparedRecording, RecordingPlan } from '../call-recordings.ts';
import type { RecordElement } from '../document.ts';
import { type ElementContext, elementRunner, NEXT } from '../element-context.ts';
import { followAction } from '../follow.ts';
import { playUntil } from '../prompts.ts';

/** Records what the caller says, or the whole call in the background (voice-xml.md §6.8). */
export const record = elementRunner('Record', true, async (element, context) =>
  element.mode === 'prompted' ? recordPrompted(element, context) : recordInBackground(element, context),
);

async function recordPrompted(element: RecordElement, context: ElementContext) {
  const { call, signal } = context;
  const leg = await context.media();
  const prepared = await prepare(context, planOf(element, element.timeoutMs));
  if (!prepared) return NEXT;
  if (element.playBeep) await playUntil(leg, [{ kind: 'tone', tone: 'beep' }], 1, signal);
  if (signal.aborted) {
    discard(call, prepared);
    return NEXT;
  }
  const recording = await prepared.start();
  let key = '';
  const release = leg.onDigit((digit) => {
    if (key !== '' || !element.finishOnKey.includes(digit)) return;
    key = digit;
    recording.stop();
  });
  const stop = () => recording.stop();
  signal.addEventListener('abort', stop, { once: true });
  const facts = await recording.finished;
  signal.removeEventListener('abort', stop);
  release();
  // A transfer takes the call away before the recording is told; its end does not.
  if (!facts || (signal.aborted && !call.gone.aborted)) return NEXT;
  return followAction(context, element.action, element.redirect, { element: 'Record', recording: facts, digits: key });
}

async function recordInBackground(element: RecordElement, context: ElementContext) {
  const { call, session, signal } = context;
  const prepared = await prepare(context, planOf(element, undefined));
  if (!prepared) return NEXT;
  if (signal.aborted) {
    discard(call, prepared);
    return NEXT;
  }
  if (element.mode === 'session') await prepared.start();
  else {
    session.onDialAnswer.push({
      start: () => {
        prepared.start().catch((error: unknown) => failed(call, error));
      },
      discard: () => discard(call, prepared),
    });
  }
  const recording = { recordingId: prepared.recordingId, url: prepared.url, durationMs: -1, startedAt: -1, endedAt: -1 };
  return followAction(context, element.action, element.redirect, { element: 'Record', recording, digits: '' });
}

/** Undefined when storage does not take it: the document goes on without the recording. */
async function prepare({ call, services }: ElementContext, plan: RecordingPlan): Promise<PreparedRecording | undefined> {
  try {
    return await services.recordings.prepare(call, plan);
  } catch (error) {
    failed(call, error);
    return undefined;
  }
}

function discard(call: Call, prepared: PreparedRecording): void {
  prepared.discard().catch((error: unknown) => failed(call, error));
}

const failed = (call: Call, error: unknown): void => call.note('recording_failed', { reason: String(error) });

function planOf(element: RecordElement, silenceMs: number | undefined): RecordingPlan {
  return {
    format: element.fileFormat,
    channels: element.channels,
    maxMs: element.maxLengthMs,
    silenceMs,
    callback: element.callback,
    apiId: undefined,
    transcription: element.transcription,
  };
}
