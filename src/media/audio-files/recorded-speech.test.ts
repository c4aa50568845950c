import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { frames, join, silence, sine } from '../../../testkit/audio.ts';
import type { AudioFileWriter } from './audio-file-writer.ts';
import { createMp3Writer } from './mp3-writer.ts';
import { recordedSpeech } from './recorded-speech.ts';
import type { Utterance } from './utterance-cutter.ts';
import { WavWriter } from './wav-writer.ts';

const RATE = 8_000;
const SAID = [sine(RATE, 300, 1_000), silence(RATE, 1_500), sine(RATE, 500, 2_000)] as const;

/** The file as the recorder writes it, the head of a WAV file replaced at its end. */
function fileOf(writer: AudioFileWriter, audio: Int16Array, right?: Int16Array): Buffer {
  const pieces = frames(audio, 160).map((frame, n) =>
    Buffer.from(writer.append(frame, right?.subarray(n * 160, n * 160 + frame.length))),
  );
  const { tail, head } = writer.finish();
  const file = Buffer.concat([...pieces, Buffer.from(tail)]);
  if (head) file.set(head, 0);
  return file;
}

async function* inPieces(file: Buffer, bytes: number) {
  for (let at = 0; at < file.length; at += bytes) yield file.subarray(at, at + bytes);
}

async function heard(format: 'wav' | 'mp3', file: Buffer, bytes = 10_007): Promise<readonly Utterance[]> {
  const found: Utterance[] = [];
  await recordedSpeech(format, inPieces(file, bytes), async (utterance) => void found.push(utterance));
  return found;
}

function assertTwo(utterances: readonly Utterance[], leadMs = 1_000): void {
  assert.equal(utterances.length, 2);
  const [first, second] = utterances;
  const near = (value: number | undefined, expected: number) =>
    assert.ok(value !== undefined && Math.abs(value - expected) < 400, `${value} is not near ${expected}`);
  near(first?.startMs, leadMs - 300);
  near(first?.endMs, leadMs + 1_700);
  near(second?.startMs, leadMs + 2_200);
  near(second?.endMs, leadMs + 4_750);
  const samples = second?.pcm.reduce((sum, piece) => sum + piece.length, 0) ?? 0;
  near((samples * 1_000) / 16_000, (second?.endMs ?? 0) - (second?.startMs ?? 0));
}

describe('speech in a recording', () => {
  const audio = join(silence(RATE, 1_000), ...SAID, silence(RATE, 300));

  it('comes utterance after utterance from a WAV file, in pieces of any size', async () => {
    const file = fileOf(new WavWriter(RATE, 1), audio);
    assertTwo(await heard('wav', file));
    assertTwo(await heard('wav', file, 65_536));
    assertTwo(await heard('wav', file, 37));
  });

  it('comes from both channels', async () => {
    const left = join(silence(RATE, 1_000), SAID[0], silence(RATE, 3_800));
    const right = join(silence(RATE, 3_500), SAID[2], silence(RATE, 300));
    assertTwo(await heard('wav', fileOf(new WavWriter(RATE, 2), left, right), 4_097));
  });

  it('comes from an MP3 file', async () => {
    assertTwo(await heard('mp3', fileOf(await createMp3Writer(RATE, 1), audio)));
  });

  it('is nothing in silence, and an error in what is no audio', async () => {
    assert.deepEqual(await heard('wav', fileOf(new WavWriter(RATE, 1), silence(RATE, 3_000))), []);
    await assert.rejects(heard('mp3', Buffer.from('<html>')), { name: 'AudioFileError' });
    await assert.rejects(heard('mp3', Buffer.alloc(0)), { name: 'AudioFileError' });
    await assert.rejects(heard('wav', Buffer.alloc(10_000)), { name: 'AudioFileError' });
  });

  it('ends with the error of whoever takes it', async () => {
    const file = fileOf(new WavWriter(RATE, 1), audio);
    await assert.rejects(
      recordedSpeech('wav', inPieces(file, 1_000), async () => {
        throw new Error('enough');
      }),
      /enough/,
    );
  });
});
