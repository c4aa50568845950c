import { LossConcealment } from '../../src/media/jitter/loss-concealment.ts';
import { join, scaled, seededRandom, silence } from '../audio.ts';

const RATE = 8000;
const FRAME = 160;

/** 3 % of the frames are lost, and concealed as a leg does it. */
function lossy(pcm: Int16Array, seed: number): Int16Array {
  const random = seededRandom(seed);
  const concealment = new LossConcealment(RATE);
  const heard = pcm.slice();
  for (let at = 0; at + FRAME <= heard.length; at += FRAME) {
    const frame = heard.subarray(at, at + FRAME);
    if (random() < 0.03) concealment.conceal(frame, FRAME);
    else concealment.receive(frame, FRAME);
  }
  return heard;
}

/** The same answer as other lines bring it, at 8 kHz: verdicts should not hang on any of this. */
export const variations: Readonly<Record<string, (pcm: Int16Array) => Int16Array>> = {
  '8 dB quieter': (pcm) => scaled(pcm, 0.4),
  '6 dB louder': (pcm) => scaled(pcm, 2),
  '7 ms earlier': (pcm) => pcm.subarray(7 * 8),
  '13 ms earlier': (pcm) => pcm.subarray(13 * 8),
  '310 ms later': (pcm) => join(silence(RATE, 310), pcm),
  'first 200 ms missed': (pcm) => pcm.subarray(200 * 8),
  '3 % lost, one way': (pcm) => lossy(pcm, 1),
  '3 % lost, another way': (pcm) => lossy(pcm, 2),
};
