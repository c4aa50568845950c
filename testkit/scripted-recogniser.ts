import {
  cancelled,
  type RecognisedSpeech,
  type Recognition,
  RecognitionError,
  type RecognitionRequest,
} from '../src/speech/recognition/recogniser.ts';
import type { SpeechRecognition } from '../src/voice/input/speech-ear.ts';

/** An utterance that a test understands as it likes. */
export class ScriptedRecognition implements Recognition {
  readonly request: RecognitionRequest;
  readonly result: Promise<RecognisedSpeech>;
  samples = 0;
  isEnded = false;
  isCancelled = false;
  /** It has a result, of whatever kind. */
  isSettled = false;
  readonly #resolve: (speech: RecognisedSpeech) => void;
  readonly #reject: (error: RecognitionError) => void;

  constructor(request: RecognitionRequest) {
    const { promise, resolve, reject } = Promise.withResolvers<RecognisedSpeech>();
    const settled = () => {
      this.isSettled = true;
    };
    promise.then(settled, settled);
    this.request = request;
    this.result = promise;
    this.#resolve = resolve;
    this.#reject = reject;
  }

  push(pcm: Int16Array): void {
    this.samples += pcm.length;
  }

  end(): void {
    this.isEnded = true;
  }

  cancel(): void {
    this.isCancelled = true;
    this.#reject(cancelled());
  }

  understands(text: string, confidence: number | 'untold' = 0.9): void {
    this.#resolve({ text, confidence: confidence === 'untold' ? undefined : confidence });
  }

  fails(reason: string): void {
    this.#reject(new RecognitionError('engine failed', reason));
  }
}

/** The speech engines of a test; none is configured until `available` is set. */
export class ScriptedRecogniser implements SpeechRecognition {
  available = false;
  readonly language = 'en-US';
  readonly utterances: ScriptedRecognition[] = [];

  recognise(request: RecognitionRequest): ScriptedRecognition {
    const recognition = new ScriptedRecognition(request);
    this.utterances.push(recognition);
    return recognition;
  }

  get latest(): ScriptedRecognition {
    const latest = this.utterances.at(-1);
    if (!latest) throw new Error('nobody has spoken');
    return latest;
  }
}
