import { collectDigits } from '../digit-collector.ts';
import { elementRunner, NEXT } from '../element-context.ts';
import { followAction } from '../follow.ts';
import { playPrompts } from '../prompts.ts';

/** `auto`: what GetDigits waits between digits. */
const AUTO_DIGIT_END_MS = 2_000;

/** Collects keys, later speech too (voice-xml.md §6.7). Without input the next element runs and the action is not requested. */
export const getInput = elementRunner('GetInput', true, async (element, context) => {
  const { call, services, signal } = context;
  const leg = await context.media();
  if (element.inputs.has('speech')) call.note('speech_unavailable', { reason: 'no speech recogniser is configured' });
  for (let attempt = 1; attempt <= element.retries && !signal.aborted; attempt++) {
    const collected = await collectDigits(
      leg,
      services.clock,
      {
        finishOnKey: element.finishOnKey,
        numDigits: element.numDigits,
        firstMs: Math.min(element.startInputTimeoutMs ?? element.executionTimeoutMs, element.executionTimeoutMs),
        betweenMs: element.digitEndTimeoutMs === 'auto' ? AUTO_DIGIT_END_MS : element.digitEndTimeoutMs,
        totalMs: element.executionTimeoutMs,
        takesKeys: element.inputs.has('dtmf'),
        prompts: (until) => playPrompts(call, services, leg, element.prompts, until),
      },
      signal,
    );
    if (signal.aborted) return NEXT;
    if (collected.kind === 'digits') {
      call.note('input', { input: 'dtmf', digits: element.log ? collected.digits : '***', attempt });
      const result = {
        element: 'GetInput',
        inputType: 'dtmf',
        digits: collected.digits,
        speech: '',
        confidence: undefined,
      } as const;
      return followAction(context, element.action, element.redirect, result, !element.log);
    }
    call.note('no_input', { attempt });
  }
  return NEXT;
});
