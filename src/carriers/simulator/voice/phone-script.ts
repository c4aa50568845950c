import type { Clip, DigitMethod, PlaySource, Tone } from '../../../media/media-engine.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { PhoneCall } from './phone-call.ts';
import { describeExpected, type Expected } from './phone-ear.ts';

/** What a virtual phone does in a call, one step after the other. After the last step it stays until the far end hangs up. */
export type PhoneStep =
  | { readonly do: 'wait'; readonly ms: number }
  | { readonly do: 'ring' }
  /** Audio before the answer. */
  | { readonly do: 'early' }
  /** Incoming: answers. Outgoing: waits until the far end does. */
  | { readonly do: 'answer' }
  | { readonly do: 'refuse'; readonly status: number; readonly reason?: string | undefined }
  | { readonly do: 'say'; readonly text: string }
  | { readonly do: 'clip'; readonly clip: Clip }
  /** Tones without an end of their own need `ms`. */
  | { readonly do: 'tone'; readonly tone: Tone; readonly ms?: number | undefined }
  | { readonly do: 'press'; readonly digits: string; readonly method: DigitMethod }
  | { readonly do: 'hear'; readonly expected: Expected; readonly withinMs: number }
  | { readonly do: 'hold' }
  | { readonly do: 'resume' }
  | { readonly do: 'hangUp' }
  | { readonly do: 'vanish' }
  | { readonly do: 'repeat'; readonly times: number; readonly steps: PhoneScript };

export type PhoneScript = readonly PhoneStep[];

export interface PhoneScriptServices {
  readonly clock: Clock;
  speak(text: string): Promise<Clip>;
}

/** Steps that one call runs, repetitions counted each: a script that only repeats does not hold up the process. */
const MOST_STEPS = 10_000;

/** The script cannot go on; the text says why. */
class ScriptFailure extends Error {}

/**
 * Runs a script on a call; resolves with its end or that of the call, never rejects. When a step fails the call says why in
 * `scriptError` and ends.
 */
export async function runScript(call: PhoneCall, script: PhoneScript, services: PhoneScriptServices): Promise<void> {
  try {
    await new ScriptRun(call, services).run(script);
  } catch (error) {
    if (call.gone.aborted && !(error instanceof ScriptFailure)) return;
    call.scriptError = error instanceof Error ? error.message : String(error);
    call.fail(call.scriptError);
  }
}

class ScriptRun {
  readonly #call: PhoneCall;
  readonly #services: PhoneScriptServices;
  #steps = 0;

  constructor(call: PhoneCall, services: PhoneScriptServices) {
    this.#call = call;
    this.#services = services;
  }

  async run(script: PhoneScript): Promise<void> {
    for (const step of script) {
      if (this.#call.gone.aborted) return;
      if (++this.#steps > MOST_STEPS) throw new ScriptFailure(`the script has run ${MOST_STEPS} steps`);
      await this.#step(step);
    }
  }

  async #step(step: PhoneStep): Promise<void> {
    const call = this.#call;
    switch (step.do) {
      case 'wait':
        return this.#services.clock.sleep(step.ms, call.gone);
      case 'ring':
        return call.ring();
      case 'early':
        return this.#orGone(call.early());
      case 'answer':
        await this.#orGone(call.direction === 'incoming' ? call.answer() : call.answered);
        return;
      case 'refuse':
        return call.refuse(step.status, step.reason);
      case 'say':
        return this.#play({ kind: 'clip', clip: await this.#orGone(this.#services.speak(step.text)) }, undefined);
      case 'clip':
        return this.#play({ kind: 'clip', clip: step.clip }, undefined);
      case 'tone':
        return this.#play({ kind: 'tone', tone: step.tone }, step.ms);
      case 'press':
        return this.#orGone(call.press(step.digits, { method: step.method }));
      case 'hear':
        return this.#hear(step.expected, step.withinMs);
      case 'hold':
      case 'resume':
        if (!(await this.#orGone(call[step.do]())) && !call.gone.aborted)
          throw new ScriptFailure(`the far end refused to ${step.do}`);
        return;
      case 'hangUp':
        return call.hangUp();
      case 'vanish':
        return call.vanish();
      case 'repeat':
        for (let time = 0; time < step.times && !call.gone.aborted; time++) await this.run(step.steps);
    }
  }

  async #play(source: PlaySource, maxMs: number | undefined): Promise<void> {
    await this.#call.play([source], { maxMs });
  }

  /** Waits for something that does not know of the call's end. Rejects with that. */
  #orGone<T>(step: Promise<T>): Promise<T> {
    const { gone } = this.#call;
    return new Promise((resolve, reject) => {
      const onGone = () => reject(gone.reason);
      if (gone.aborted) onGone();
      gone.addEventListener('abort', onGone, { once: true });
      step.then(resolve, reject).finally(() => gone.removeEventListener('abort', onGone));
    });
  }

  async #hear(expected: Expected, withinMs: number): Promise<void> {
    if (await this.#call.ear.hears(expected, withinMs, this.#call.gone)) return;
    const until = this.#call.gone.aborted ? 'before the call ended' : `within ${withinMs} ms`;
    throw new ScriptFailure(`${describeExpected(expected)} not heard ${until}`);
  }
}
