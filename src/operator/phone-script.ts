import type { Expected } from '../carriers/simulator/voice/phone-ear.ts';
import type { PhoneScript, PhoneStep } from '../carriers/simulator/voice/phone-script.ts';
import { invalidParameter } from '../errors/catalogue.ts';
import type { DigitMethod, Tone } from '../media/media-engine.ts';

/** Steps in one script, those of repetitions included, and repetitions within each other. */
const MOST_STEPS = 200;
const MOST_DEPTH = 3;
const MOST_TIMES = 1_000;
/** The longest call of a phone. */
const MOST_MS = 3_600_000;
const MOST_TEXT = 2_000;
const MOST_DIGITS = 100;
/** Waiting for something to be heard, when the step does not say for how long. */
const HEAR_WITHIN_MS = 10_000;
/** What telephony carries. */
const LEAST_HZ = 50;
const MOST_HZ = 3_600;
const TONE_MS = 500;
const TONE_DBOV = -16;
const QUIETEST_DBOV = -60;
/** The loudest sine. */
const LOUDEST_DBOV = -3;
const METHODS: readonly DigitMethod[] = ['rfc4733', 'inband', 'info'];
const NAMED_TONES = ['ringback', 'busy', 'beep', 'fax-cng', 'fax-ced'] as const;

/** Whose script it is: only a phone that is called can ring, answer or refuse. */
export type ScriptUse = 'calling' | 'called';

/** Reads a script of the operator API (docs/simulator.md lists the steps). Undefined when there is none. @throws Problem that names the step */
export function readPhoneScript(value: unknown, use: ScriptUse): PhoneScript | undefined {
  if (value === undefined || value === null) return undefined;
  return new ScriptReader(use).steps(value, 'script', 1);
}

class ScriptReader {
  readonly #use: ScriptUse;
  #count = 0;

  constructor(use: ScriptUse) {
    this.#use = use;
  }

  steps(value: unknown, at: string, depth: number): PhoneScript {
    if (!Array.isArray(value)) throw wrong(at, 'an array of steps is expected');
    if (depth > MOST_DEPTH) throw wrong(at, `repetitions go ${MOST_DEPTH} deep at most`);
    return value.map((step: unknown, index) => this.#step(new Fields(step, `${at}[${index}]`), depth));
  }

  #step(fields: Fields, depth: number): PhoneStep {
    if (++this.#count > MOST_STEPS) throw wrong('script', `at most ${MOST_STEPS} steps are expected`);
    const kind = fields.text('do', 20);
    switch (kind) {
      case 'wait':
        return { do: 'wait', ms: fields.number('ms', 0, MOST_MS) };
      case 'say':
        return { do: 'say', text: fields.text('text', MOST_TEXT) };
      case 'tone':
        return readTone(fields);
      case 'press':
        return {
          do: 'press',
          digits: fields.digits('digits', /^[0-9*#A-DwW]+$/),
          method: fields.choice('method', METHODS, 'rfc4733'),
        };
      case 'hear':
        return { do: 'hear', expected: readExpected(fields), withinMs: fields.number('within_ms', 1, MOST_MS, HEAR_WITHIN_MS) };
      case 'hold':
      case 'resume':
      case 'vanish':
        return { do: kind };
      case 'hang_up':
        return { do: 'hangUp' };
      case 'repeat': {
        const times = fields.number('times', 1, MOST_TIMES);
        return { do: 'repeat', times, steps: this.steps(fields.value('steps'), `${fields.at}.steps`, depth + 1) };
      }
    }
    if (this.#use === 'called') {
      if (kind === 'ring' || kind === 'early' || kind === 'answer') return { do: kind };
      if (kind === 'refuse') return { do: 'refuse', status: fields.number('status', 400, 699) };
    }
    throw wrong(`${fields.at}.do`, `'${kind}' is no step of a phone that is ${this.#use}`);
  }
}

function readTone(fields: Fields): PhoneStep {
  if (fields.value('name') !== undefined) {
    const tone: Tone = fields.choice('name', NAMED_TONES);
    const ms = fields.value('ms') === undefined ? undefined : fields.number('ms', 1, MOST_MS);
    return { do: 'tone', tone, ms };
  }
  const hz = fields.number('hz', LEAST_HZ, MOST_HZ);
  const ms = fields.number('ms', 1, MOST_MS, TONE_MS);
  return { do: 'tone', tone: { hz, ms, dbov: fields.number('dbov', QUIETEST_DBOV, LOUDEST_DBOV, TONE_DBOV) } };
}

function readExpected(fields: Fields): Expected {
  const named = ['tone', 'speech_ms', 'silence_ms', 'digits'].filter((name) => fields.value(name) !== undefined);
  if (named.length !== 1) throw wrong(fields.at, 'one of tone, speech_ms, silence_ms and digits is expected');
  switch (named[0]) {
    case 'tone': {
      const ms = fields.value('ms') === undefined ? undefined : fields.number('ms', 1, MOST_MS);
      return { tone: fields.number('tone', LEAST_HZ, MOST_HZ), ms };
    }
    case 'speech_ms':
      return { speechMs: fields.number('speech_ms', 1, MOST_MS) };
    case 'silence_ms':
      return { silenceMs: fields.number('silence_ms', 1, MOST_MS) };
    default:
      return { digits: fields.digits('digits', /^[0-9*#A-D]+$/) };
  }
}

/** The fields of one step. */
class Fields {
  readonly at: string;
  readonly #values: ReadonlyMap<string, unknown>;

  constructor(step: unknown, at: string) {
    if (typeof step !== 'object' || step === null || Array.isArray(step)) throw wrong(at, 'an object is expected');
    this.at = at;
    this.#values = new Map(Object.entries(step));
  }

  value(name: string): unknown {
    return this.#values.get(name) ?? undefined;
  }

  text(name: string, longest: number): string {
    const value = this.value(name);
    if (typeof value !== 'string' || value === '' || value.length > longest || !value.isWellFormed()) {
      throw wrong(`${this.at}.${name}`, `a string of 1 to ${longest} characters is expected`);
    }
    return value;
  }

  digits(name: string, pattern: RegExp): string {
    const value = this.text(name, MOST_DIGITS);
    if (!pattern.test(value)) throw wrong(`${this.at}.${name}`, 'digits are expected');
    return value;
  }

  number(name: string, least: number, most: number, otherwise?: number): number {
    const value = this.value(name) ?? otherwise;
    if (typeof value !== 'number' || !(value >= least && value <= most)) {
      throw wrong(`${this.at}.${name}`, `a number from ${least} to ${most} is expected`);
    }
    return value;
  }

  choice<T extends string>(name: string, choices: readonly T[], otherwise?: T): T {
    const value = this.value(name) ?? otherwise;
    const chosen = choices.find((choice) => choice === value);
    if (chosen === undefined) throw wrong(`${this.at}.${name}`, `one of ${choices.join(', ')} is expected`);
    return chosen;
  }
}

const wrong = (at: string, what: string) => invalidParameter(at, `${at} is invalid: ${what}`);
