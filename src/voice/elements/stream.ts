import { elementRunner, NEXT } from '../element-context.ts';

/**
 * Streams the call's audio to an application (voice-xml.md §6.15). With keepCallAlive the next element begins when the stream has
 * ended, and a transfer too waits for that (audio-streaming.md §1).
 */
export const stream = elementRunner('Stream', true, async ({ plan }, { call, services }) => {
  try {
    const running = await services.streams.start(call, plan);
    if (!running) call.note('stream_refused', { reason: 'the call has a stream already' });
    else if (plan.keepCallAlive) await running.ended;
  } catch (error) {
    call.note('stream_failed', { reason: String(error) });
  }
  return NEXT;
});
