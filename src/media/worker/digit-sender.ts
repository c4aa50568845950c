import { type DialStep, dialSteps } from '../dtmf/generator.ts';
import { TURN_MS } from './slot-wheel.ts';

/** Strings of digits that wait on one leg at most: more is a program that loops. */
const MAX_JOBS = 64;

interface Job {
  readonly id: number;
  readonly inband: boolean;
  readonly steps: readonly DialStep[];
  /** Index of the last digit: the job counts as sent with its end, the pause after it belongs to the next job. */
  readonly lastDigit: number;
}

export interface DigitJobEvents {
  firstSent(job: number): void;
  allSent(job: number): void;
}

/** Digits that a leg sends, one after the other, in steps of 20 ms. */
export class DigitSender {
  readonly #events: DigitJobEvents;
  readonly #jobs: Job[] = [];
  #step = 0;
  #leftMs = 0;
  #startedStep = false;
  #toldFirst = false;

  constructor(events: DigitJobEvents) {
    this.#events = events;
  }

  /** Whether 20 ms from `next` are to be sent. */
  get busy(): boolean {
    return this.#jobs.length > 0;
  }

  get inband(): boolean {
    return this.#jobs[0]?.inband ?? false;
  }

  /** Length of the digit at hand as it will be sent, for a tone generator. */
  get digitMs(): number {
    return roundUp(this.#jobs[0]?.steps[this.#step]?.ms ?? 0);
  }

  /** @returns false when the queue is full or the string has other characters than `0-9*#A-DwW` */
  add(job: number, digits: string, inband: boolean, toneMs: number, gapMs: number): boolean {
    const steps = dialSteps(digits, { toneMs, gapMs });
    if (!steps || this.#jobs.length >= MAX_JOBS) return false;
    const lastDigit = steps.findLastIndex((step) => step.digit !== undefined);
    this.#jobs.push({ id: job, inband, steps, lastDigit });
    return true;
  }

  cancel(job: number): void {
    const index = this.#jobs.findIndex((other) => other.id === job);
    if (index < 0) return;
    if (index === 0) this.#begin();
    this.#jobs.splice(index, 1);
  }

  /** The digit of the next 20 ms, or '' for a pause. `started` tells whether it begins with them. */
  next(): string {
    this.started = false;
    for (;;) {
      const job = this.#jobs[0];
      if (!job) return '';
      const step = job.steps[this.#step];
      if (!step) {
        this.#finish(job);
        continue;
      }
      if (!this.#startedStep) {
        this.#startedStep = true;
        this.#leftMs = roundUp(step.ms);
        this.started = step.digit !== undefined;
      }
      if (this.#leftMs <= 0) {
        this.#endStep(job);
        continue;
      }
      this.#leftMs -= TURN_MS;
      return step.digit ?? '';
    }
  }

  started = false;

  /** Called when the 20 ms of `next` have been sent. */
  sent(): void {
    const job = this.#jobs[0];
    if (!job) return;
    const step = job.steps[this.#step];
    if (step?.digit !== undefined && !this.#toldFirst) {
      this.#toldFirst = true;
      this.#events.firstSent(job.id);
    }
    if (this.#leftMs <= 0) this.#endStep(job);
  }

  #endStep(job: Job): void {
    if (this.#step === job.lastDigit) this.#events.allSent(job.id);
    this.#step++;
    this.#startedStep = false;
    if (this.#step >= job.steps.length) this.#finish(job);
  }

  #finish(job: Job): void {
    if (!this.#toldFirst) this.#events.firstSent(job.id);
    if (job.lastDigit < 0) this.#events.allSent(job.id);
    this.#jobs.shift();
    this.#begin();
  }

  #begin(): void {
    this.#step = 0;
    this.#leftMs = 0;
    this.#startedStep = false;
    this.#toldFirst = false;
  }
}

function roundUp(ms: number): number {
  return Math.ceil(ms / TURN_MS) * TURN_MS;
}
