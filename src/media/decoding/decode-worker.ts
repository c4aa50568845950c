/** Entry of the thread that reads audio files. */

import { parentPort } from 'node:worker_threads';
import { AudioFileError } from '../audio-files/audio-file-error.ts';
import { decodeAudio } from '../audio-files/decode-audio.ts';
import type { DecodeReply, DecodeRequest } from './protocol.ts';

const port = parentPort;

async function decode({ file, limits }: DecodeRequest): Promise<DecodeReply> {
  try {
    const { pcm, sampleRate } = await decodeAudio(file, limits);
    const shared = new Int16Array(new SharedArrayBuffer(pcm.byteLength));
    shared.set(pcm);
    return { is: 'decoded', pcm: shared, sampleRate };
  } catch (error) {
    if (error instanceof AudioFileError) return { is: 'failed', problem: error.problem, error: error.message };
    throw error;
  }
}

port?.on('message', (request: DecodeRequest) => {
  void decode(request).then((reply) => port.postMessage(reply));
});
