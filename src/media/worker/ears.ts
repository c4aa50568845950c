import { BeepDetector } from '../analysis/beep-detector.ts';
import { SilenceDetector } from '../analysis/silence-detector.ts';
import { AnswerDetector } from '../answer-detection/answer-detector.ts';
import type { AnswerOptions, BeepOptions, Heard } from '../media-engine.ts';
import type { SampleRate } from '../pcm.ts';

/** One condition that is listened for. */
export interface Ear {
  readonly id: number;
  readonly silenceMs: number | undefined;
  readonly beep: BeepOptions | undefined;
  readonly speech: boolean;
  readonly answer: AnswerOptions | undefined;
}

interface Listening {
  readonly ear: Ear;
  silence: SilenceDetector;
  beep: BeepDetector | undefined;
  answer: AnswerDetector | undefined;
}

/** Everything that is listened for on a leg. An ear is gone with the first thing it hears. */
export class Ears {
  readonly #tell: (ear: number, heard: Heard) => void;
  readonly #listening: Listening[] = [];
  #sampleRate: SampleRate = 8000;

  constructor(tell: (ear: number, heard: Heard) => void) {
    this.#tell = tell;
  }

  get busy(): boolean {
    return this.#listening.length > 0;
  }

  /** At another rate every ear begins anew. */
  configure(sampleRate: SampleRate): void {
    if (sampleRate === this.#sampleRate) return;
    this.#sampleRate = sampleRate;
    for (const listening of this.#listening) {
      listening.silence = new SilenceDetector(sampleRate);
      listening.beep = this.#beepDetector(listening.ear);
      listening.answer = this.#answerDetector(listening.ear);
    }
  }

  add(ear: Ear): void {
    this.#listening.push({
      ear,
      silence: new SilenceDetector(this.#sampleRate),
      beep: this.#beepDetector(ear),
      answer: this.#answerDetector(ear),
    });
  }

  remove(ear: number): void {
    const index = this.#listening.findIndex((other) => other.ear.id === ear);
    if (index >= 0) this.#listening.splice(index, 1);
  }

  hear(pcm: Int16Array): void {
    for (let index = this.#listening.length - 1; index >= 0; index--) {
      const listening = this.#listening[index];
      if (!listening) continue;
      const { ear, silence, beep, answer } = listening;
      silence.process(pcm);
      if (ear.silenceMs !== undefined && silence.silenceMs >= ear.silenceMs) this.#hit(ear.id, { kind: 'silence' });
      else if (ear.speech && silence.sounding) this.#hit(ear.id, { kind: 'speech' });
      else if (beep?.process(pcm)) this.#hit(ear.id, { kind: 'beep' });
      else if (answer) {
        answer.process(pcm);
        if (answer.verdict) this.#hit(ear.id, { kind: 'answer', verdict: answer.verdict });
      }
    }
  }

  #hit(ear: number, heard: Heard): void {
    this.remove(ear);
    this.#tell(ear, heard);
  }

  #answerDetector({ answer }: Ear): AnswerDetector | undefined {
    return answer && new AnswerDetector(this.#sampleRate, answer);
  }

  #beepDetector({ beep }: Ear): BeepDetector | undefined {
    return (
      beep &&
      new BeepDetector(this.#sampleRate, {
        duration: beep.durationMs,
        interSilence: beep.interSilenceMs,
        intraSilence: beep.intraSilenceMs,
        threshold: beep.threshold,
      })
    );
  }
}
