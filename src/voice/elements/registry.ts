import type { VoiceElement } from '../document.ts';
import type { ElementContext, ElementOutcome, ElementRunner } from '../element-context.ts';
import { conference } from './conference.ts';
import { dial } from './dial.ts';
import { dtmf } from './dtmf.ts';
import { getDigits } from './get-digits.ts';
import { getInput } from './get-input.ts';
import { hangup } from './hangup.ts';
import { message } from './message.ts';
import { multiPartyCall } from './multi-party-call.ts';
import { play } from './play.ts';
import { preAnswer } from './pre-answer.ts';
import { record } from './record.ts';
import { redirect } from './redirect.ts';
import { speak } from './speak.ts';
import { stream } from './stream.ts';
import { wait } from './wait.ts';

/** Every element that runs on a call. A new one is its own file and one line here. */
const runners: readonly ElementRunner[] = [
  speak,
  play,
  wait,
  dtmf,
  preAnswer,
  getDigits,
  getInput,
  record,
  dial,
  conference,
  multiPartyCall,
  redirect,
  hangup,
  message,
  stream,
];

const byName = new Map<string, ElementRunner>(runners.map((runner) => [runner.name, runner]));

/** Runs one element, with its begin and end in the timeline. @throws LegGone */
export async function runElement(element: VoiceElement, context: ElementContext): Promise<ElementOutcome> {
  const runner = byName.get(element.element);
  const run = runner?.prepare(element);
  if (!runner || !run) throw new Error(`no element of the name ${element.element} is registered`);
  const { call } = context;
  call.note('element_started', { element: element.element });
  if (runner.answers) await context.media();
  const outcome = await run(context);
  call.note('element_ended', { element: element.element, interrupted: context.signal.aborted });
  return outcome;
}
