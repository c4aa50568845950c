import { cancelled, type RecognisedSpeech, type Recognition } from './recogniser.ts';

/**
 * A recognition by an engine that wants the utterance as a whole: collects the audio, and works once it has ended. `work` gets the
 * pieces and a signal that aborts when nobody waits any more.
 */
export function wholeUtterance(
  work: (pcm: readonly Int16Array[], signal: AbortSignal) => Promise<RecognisedSpeech>,
): Recognition {
  const pieces: Int16Array[] = [];
  const over = new AbortController();
  const { promise: result, resolve, reject } = Promise.withResolvers<RecognisedSpeech>();
  result.catch(() => undefined);
  let isEnded = false;
  return {
    push(pcm) {
      if (!isEnded) pieces.push(pcm);
    },
    end() {
      if (isEnded) return;
      isEnded = true;
      work(pieces.splice(0), over.signal).then(resolve, reject);
    },
    cancel() {
      isEnded = true;
      pieces.length = 0;
      over.abort(cancelled());
      reject(cancelled());
    },
    result,
  };
}
