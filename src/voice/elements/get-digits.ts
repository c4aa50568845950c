import { collectDigits } from '../digit-collector.ts';
import { elementRunner, NEXT } from '../element-context.ts';
import { followAction } from '../follow.ts';
import { playPrompts, playUntil, soundOf } from '../prompts.ts';

/** Collects keys (voice-xml.md §6.6). Without any, the next element runs and the action is not requested. */
export const getDigits = elementRunner('GetDigits', true, async (element, context) => {
  const { call, services, signal } = context;
  const leg = await context.media();
  const prompts = async (until: AbortSignal) => {
    await playPrompts(call, services, leg, element.prompts, until);
    if (element.playBeep) await playUntil(leg, [{ kind: 'tone', tone: 'beep' }], 1, until);
  };
  for (let attempt = 1; attempt <= element.retries && !signal.aborted; attempt++) {
    const collected = await collectDigits(
      leg,
      services.clock,
      { ...element, firstMs: element.timeoutMs, betweenMs: element.digitTimeoutMs, prompts },
      signal,
    );
    if (signal.aborted) return NEXT;
    if (collected.kind === 'digits') {
      call.note('digits', { digits: element.log ? collected.digits : '***', attempt });
      const result = { element: 'GetDigits', digits: collected.digits } as const;
      return followAction(context, element.action, element.redirect, result, !element.log);
    }
    call.note(collected.kind === 'invalid' ? 'invalid_digit' : 'no_digits', { attempt });
    if (collected.kind === 'invalid' && element.invalidDigitsSound !== undefined) {
      const sound = await soundOf(call, services, { element: 'Play', url: element.invalidDigitsSound, loop: 1 }, signal);
      if (sound) await playUntil(leg, [sound], 1, signal);
    }
  }
  return NEXT;
});
