import type { DigitMethod, HeardWindow } from '../../../media/media-engine.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { HeardAudio } from './heard-audio.ts';
import { describeSound, findSound, type Sound } from './sound.ts';

export interface HeardDigit {
  readonly digit: string;
  readonly method: DigitMethod;
  /** Wall-clock milliseconds. */
  readonly at: number;
}

/** What is waited for: a sound, or digits one after the other. */
export type Expected = Sound | { readonly digits: string };

/** Digits of one call that are kept; more is a program that loops. */
const MOST_DIGITS = 1_000;

interface Wait {
  readonly expected: Expected;
  settle(heard: boolean): void;
}

/**
 * What one side of a call hears. Waiting goes forward: what has been waited for successfully, and everything before it, is not found
 * again. So nothing is missed between two waits, and the same tone twice is two tones.
 */
export class PhoneEar {
  readonly audio = new HeardAudio();
  readonly #clock: Clock;
  readonly #digits: HeardDigit[] = [];
  readonly #waits = new Set<Wait>();
  #audioFrom = 0;
  #digitsFrom = 0;
  #closed = false;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Every digit, in the order of arrival; one that came by two methods is there twice. */
  get digits(): readonly HeardDigit[] {
    return this.#digits;
  }

  take(window: HeardWindow): void {
    this.audio.add(window);
    this.#look();
  }

  takeDigit(digit: string, method: DigitMethod): void {
    if (this.#digits.length >= MOST_DIGITS) return;
    this.#digits.push({ digit, method, at: this.#clock.now() });
    this.#look();
  }

  /** Waits until it has been heard, at most for `withinMs` and not beyond the call or the signal; false then. */
  hears(expected: Expected, withinMs: number, signal?: AbortSignal): Promise<boolean> {
    if (this.#find(expected)) return Promise.resolve(true);
    if (this.#closed || signal?.aborted) return Promise.resolve(false);
    return new Promise((resolve) => {
      const giveUp = () => wait.settle(false);
      const cancel = this.#clock.after(withinMs, giveUp);
      const wait: Wait = {
        expected,
        settle: (heard) => {
          cancel();
          signal?.removeEventListener('abort', giveUp);
          this.#waits.delete(wait);
          resolve(heard);
        },
      };
      signal?.addEventListener('abort', giveUp, { once: true });
      this.#waits.add(wait);
    });
  }

  /** Whether it has been heard at any time of the call, as far as that is kept. */
  hasHeard(expected: Expected): boolean {
    if ('digits' in expected) return this.#digitsSince(0).includes(expected.digits);
    return findSound(this.audio, expected, 0) !== undefined;
  }

  /** From now on only what is still to come is waited for. */
  forget(): void {
    this.#audioFrom = this.audio.count;
    this.#digitsFrom = this.#digits.length;
  }

  /** The call is over: who waits has waited in vain. */
  close(): void {
    this.#closed = true;
    for (const wait of [...this.#waits]) wait.settle(false);
  }

  #look(): void {
    for (const wait of [...this.#waits]) {
      if (this.#find(wait.expected)) wait.settle(true);
    }
  }

  #find(expected: Expected): boolean {
    if ('digits' in expected) {
      const at = this.#digitsSince(this.#digitsFrom).indexOf(expected.digits);
      if (at < 0) return false;
      this.#digitsFrom += at + expected.digits.length;
      return true;
    }
    const end = findSound(this.audio, expected, this.#audioFrom);
    if (end === undefined) return false;
    this.#audioFrom = end;
    return true;
  }

  #digitsSince(from: number): string {
    let digits = '';
    for (let at = from; at < this.#digits.length; at++) digits += this.#digits[at]?.digit ?? '';
    return digits;
  }
}

export function describeExpected(expected: Expected): string {
  return 'digits' in expected ? `the digits ${expected.digits}` : describeSound(expected);
}
