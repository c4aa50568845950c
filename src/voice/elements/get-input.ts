import type { Micros } from '../../billing/money.ts';
import { startedSpeechUnits } from '../../billing/surcharges.ts';
import type { Call } from '../call.ts';
import type { ElementResult } from '../call-application.ts';
import type { GetInputElement } from '../document.ts';
import { elementRunner, NEXT } from '../element-context.ts';
import { followAction } from '../follow.ts';
import { type CollectedInput, collectInput } from '../input/collect-input.ts';
import { InterimResults } from '../input/interim-results.ts';
import { playPrompts } from '../prompts.ts';

/** `auto`: what GetDigits waits between digits. */
const AUTO_DIGIT_END_MS = 2_000;
/** `auto`: longer than a pause inside a sentence, shorter than what a caller takes for no answer. */
const AUTO_SPEECH_END_MS = 1_000;
/** What a speech engine that tells no confidence stands for: applications compare the score with a number. */
const UNTOLD_CONFIDENCE = 1;

/**
 * Collects keys or speech, whichever comes first (voice-xml.md §6.7). Without input the next element runs and the action is not
 * requested. Without a speech engine, or once all of them have failed, keys are still taken where they are wanted; where speech alone
 * is, the attempt ends with its prompts. What an engine has transcribed is charged, by 15 seconds of all attempts together.
 */
export const getInput = elementRunner('GetInput', true, async (element, context) => {
  const { call, services, signal } = context;
  const leg = await context.media();
  const { recogniser } = services;
  const wantsSpeech = element.inputs.has('speech');
  if (wantsSpeech && !recogniser.available) {
    call.note('speech_unavailable', { reason: 'no speech recogniser is configured' });
  }
  let transcribedMs = 0;
  let units = 0;
  let billed: Micros = 0;
  const interims = new InterimResults(call, services.clock, services.application, element.interimResults, !element.log);
  for (let attempt = 1; attempt <= element.retries && !signal.aborted; attempt++) {
    const collected = await collectInput(
      leg,
      services.clock,
      {
        finishOnKey: element.finishOnKey,
        numDigits: element.numDigits,
        takesKeys: element.inputs.has('dtmf'),
        speech: wantsSpeech && recogniser.available ? { ...speechOf(element), recogniser } : undefined,
        firstMs: Math.min(element.startInputTimeoutMs ?? element.executionTimeoutMs, element.executionTimeoutMs),
        betweenMs: element.digitEndTimeoutMs === 'auto' ? AUTO_DIGIT_END_MS : element.digitEndTimeoutMs,
        totalMs: element.executionTimeoutMs,
        prompts: (until) => playPrompts(call, services, leg, element.prompts, until),
        interim: (result) => interims.tell(result),
        transcribed: (ms) => {
          transcribedMs += ms;
          // Once each unit is begun, so that no charge waits for the end of the element.
          const begun = startedSpeechUnits(transcribedMs);
          billed += services.charges.take(call.facts, 'speech_recognition', begun - units);
          units = begun;
        },
        speechFailed: (reason) => call.note('speech_failed', { reason, attempt }),
      },
      signal,
    );
    if (signal.aborted) break;
    if (collected.kind === 'none') {
      call.note('no_input', { attempt });
      // Nobody would be waited for.
      if (!element.inputs.has('dtmf') && !recogniser.available) break;
      continue;
    }
    note(call, element, collected, attempt);
    if (collected.kind === 'speech') interims.finish(collected.speech.text);
    return followAction(context, element.action, element.redirect, resultOf(collected, billed), !element.log);
  }
  return NEXT;
});

const speechOf = ({ language, hints, speechModel, profanityFilter, speechEndTimeoutMs }: GetInputElement) => ({
  language,
  hints,
  model: speechModel,
  profanityFilter,
  endMs: speechEndTimeoutMs === 'auto' ? AUTO_SPEECH_END_MS : speechEndTimeoutMs,
});

type Given = Exclude<CollectedInput, { readonly kind: 'none' }>;

function note(call: Call, { log }: GetInputElement, given: Given, attempt: number): void {
  if (given.kind === 'digits') call.note('input', { input: 'dtmf', digits: log ? given.digits : '***', attempt });
  else {
    const { text, confidence } = given.speech;
    call.note('input', { input: 'speech', speech: log ? text : '***', confidence: confidence ?? null, attempt });
  }
}

function resultOf(given: Given, billedMicros: Micros): ElementResult {
  const isDigits = given.kind === 'digits';
  return {
    element: 'GetInput',
    inputType: isDigits ? 'dtmf' : 'speech',
    digits: isDigits ? given.digits : '',
    speech: isDigits ? '' : given.speech.text,
    confidence: isDigits ? undefined : (given.speech.confidence ?? UNTOLD_CONFIDENCE),
    ...(billedMicros > 0 && { billedMicros }),
  };
}
