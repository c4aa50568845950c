import { SILENCE_DBOV } from '../analysis/level.ts';
import type { AnswerOptions, AnswerVerdict } from '../media-engine.ts';
import { FRAME_MS, type SampleRate } from '../pcm.ts';
import { Resampler } from '../resampling/resampler.ts';
import { type AnswerEvent, type AnswerState, answerMachine } from './answer-machine.ts';
import { FEATURE_RATE, FEATURE_SAMPLES } from './sound-features.ts';
import { SoundLabels } from './sound-labels.ts';

/** Voice that is shorter, or has less of a pitch, is a click, a breath, or noise that stood in for a lost packet. */
const SHORTEST_WORD_MS = 100;
const PITCHED_FRAMES_A_WORD = 3;
/** Words are told apart by such a gap: stops within a word are shorter, speech that runs on has fewer words than its text. */
const WORD_GAP_MS = 120;
/** Share of frames with a pitch whose strongest line stands still: speech has up to 0.25, music from 0.6 on. */
const MUSIC_SHARE = 0.45;
/** Pitched frames from which on that share means something. */
const MUSIC_FRAMES = 6;
/** A word whose loudest frame is so much below the loudest word is somebody else's, in the background. */
const BACKGROUND_DB = 16;

/**
 * Listens to who has answered a call until it can tell. Takes frames of 20 ms at 8 or 16 kHz and keeps time by them; the rules and
 * their order are those of voice-xml.md §11, the states those of answer-machine.ts. Nothing is allocated a frame.
 */
export class AnswerDetector {
  readonly #options: AnswerOptions;
  readonly #labels = new SoundLabels();
  readonly #resampler: Resampler | undefined;
  readonly #frame = new Int16Array(2 * FEATURE_SAMPLES);
  #state: AnswerState = 'waiting';
  #reason: AnswerEvent = 'time';
  #elapsedMs = 0;
  /** Since the first word began, pauses included. */
  #sinceSpeechMs = 0;
  /** Voice of all words. */
  #voiceMs = 0;
  #words = 0;
  /** Voice of what may become a word, and time since the last voice. */
  #runMs = 0;
  #runPitched = 0;
  #gapMs = 0;
  #inWord = false;
  /** The loudest frames of this run of voice, and of all words. */
  #runDbov = SILENCE_DBOV;
  #wordsDbov = SILENCE_DBOV;
  #pitchedFrames = 0;
  #heldFrames = 0;

  constructor(sampleRate: SampleRate, options: AnswerOptions) {
    this.#options = options;
    this.#resampler = sampleRate === FEATURE_RATE ? undefined : new Resampler(sampleRate, FEATURE_RATE);
  }

  /** Undefined until it can tell, and then the same for ever. */
  get verdict(): AnswerVerdict | undefined {
    const by = this.#state;
    if (by !== 'human' && by !== 'machine' && by !== 'unknown') return undefined;
    return { by, reason: this.#reason, afterMs: this.#elapsedMs, voiceMs: this.#voiceMs, words: this.#words };
  }

  /** 20 ms. */
  process(pcm: Int16Array): void {
    if (this.verdict) return;
    this.#elapsedMs += FRAME_MS;
    this.#resampler?.process(pcm, this.#frame);
    const label = this.#labels.take(this.#resampler ? this.#frame : pcm);
    if (label === 'voice') this.#hearVoice();
    else this.#hearNone();
    if (this.#labels.tone) this.#fire(this.#labels.tone);
    this.#weigh();
  }

  #hearVoice(): void {
    this.#runMs += FRAME_MS;
    this.#runDbov = Math.max(this.#runDbov, this.#labels.levelDbov);
    const isBackground = this.#runDbov < this.#wordsDbov - BACKGROUND_DB;
    this.#gapMs = isBackground ? this.#gapMs + FRAME_MS : 0;
    if (isBackground) return;
    if (this.#labels.pitched) {
      this.#runPitched++;
      this.#pitchedFrames++;
      if (this.#labels.held) this.#heldFrames++;
    }
    if (this.#inWord) this.#voiceMs += FRAME_MS;
    else if (this.#runMs >= SHORTEST_WORD_MS && this.#runPitched >= PITCHED_FRAMES_A_WORD) {
      this.#inWord = true;
      if (this.#runDbov > this.#wordsDbov + BACKGROUND_DB) this.#words = this.#voiceMs = 0;
      this.#words++;
      this.#voiceMs += this.#runMs;
      if (this.#words === 1) this.#sinceSpeechMs = this.#runMs;
      this.#fire('word');
    }
    if (this.#inWord) this.#wordsDbov = Math.max(this.#wordsDbov, this.#runDbov);
  }

  #hearNone(): void {
    this.#gapMs += FRAME_MS;
    if (this.#gapMs < WORD_GAP_MS) return;
    this.#endRun();
    if (!this.#inWord) return;
    this.#inWord = false;
    this.#fire('pause');
  }

  /** The rules that look at counts, the surest first. */
  #weigh(): void {
    if (this.#words > 0) this.#sinceSpeechMs += FRAME_MS;
    const { greetingMs, speechMs, words, silenceMs, initialSilenceMs, windowMs } = this.#options;
    if (this.#voiceMs > greetingMs) this.#conclude('long-greeting');
    if (this.#words > words) this.#conclude('many-words');
    if (this.#words > 0 && this.#sinceSpeechMs > speechMs) this.#conclude('long-speech');
    if (this.#words > 0 && this.#gapMs >= silenceMs) this.#conclude('greeting-over');
    if (this.#words === 0 && this.#elapsedMs >= initialSilenceMs) this.#fire('initial-silence');
    if (this.#elapsedMs >= windowMs) this.#fire('time');
  }

  /** What follows from words, unless they are notes. */
  #conclude(event: AnswerEvent): void {
    const isMusic = this.#pitchedFrames >= MUSIC_FRAMES && this.#heldFrames >= MUSIC_SHARE * this.#pitchedFrames;
    if (!isMusic) {
      this.#fire(event);
      return;
    }
    this.#fire('music');
    this.#words = this.#voiceMs = this.#sinceSpeechMs = 0;
    this.#pitchedFrames = this.#heldFrames = 0;
    this.#wordsDbov = SILENCE_DBOV;
    this.#endRun();
    this.#inWord = false;
  }

  #endRun(): void {
    this.#runMs = this.#runPitched = 0;
    this.#runDbov = SILENCE_DBOV;
  }

  #fire(event: AnswerEvent): void {
    const next = answerMachine[this.#state][event];
    if (next === undefined) return;
    this.#state = next;
    this.#reason = event;
  }
}
