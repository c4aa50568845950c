import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import { rms, sine, toneShare } from '../../testkit/audio.ts';
import { MediaRig } from '../../testkit/media-rig.ts';

const HEADER_BYTES = 44;

/** The samples of one channel. */
async function channel(path: string, channels: number, which: number): Promise<Int16Array> {
  const file = await readFile(path);
  assert.equal(file.toString('latin1', 0, 4), 'RIFF');
  assert.equal(file.readUInt16LE(22), channels);
  assert.equal(file.readUInt32LE(40), file.length - HEADER_BYTES, 'the header knows the length');
  const samples = (file.length - HEADER_BYTES) / 2 / channels;
  return Int16Array.from({ length: samples }, (_, at) => file.readInt16LE(HEADER_BYTES + 2 * (at * channels + which)));
}

/** The purest 60 ms of a tone: a busy machine may break the rest. */
function purest(pcm: Int16Array, rate: number, hz: number): number {
  const window = (rate * 60) / 1_000;
  let best = 0;
  for (let at = 0; at + window <= pcm.length; at += window / 2) {
    const piece = pcm.subarray(at, at + window);
    if (rms(piece) > 300) best = Math.max(best, toneShare(piece, rate, hz));
  }
  return best;
}

/** First sample that is loud. */
const onset = (pcm: Int16Array): number => pcm.findIndex((sample) => Math.abs(sample) > 2_000);

describe('recording a leg', { concurrency: 4 }, async () => {
  const rig = new MediaRig();
  const directory = await mkdtemp(join(tmpdir(), 'ringdown-media-'));
  after(async () => {
    await rig.close();
    await rm(directory, { recursive: true });
  });

  it('in stereo has the far end on the left and what it hears on the right', async () => {
    const { leg, peer } = await rig.call();
    peer.speak(leg.localPort, 500);
    const path = join(directory, 'stereo.wav');
    const recording = leg.record({ format: 'wav', channels: 'stereo', path, maxMs: 60_000 });
    const clip = rig.engine.createClip(sine(8_000, 1_500, 600), 8_000);
    assert.equal(await leg.play([{ kind: 'clip', clip }], { loop: 1 }).ended, 'completed');
    recording.stop();
    const end = await recording.ended;
    assert.equal(end.cause, 'stopped');
    assert.ok(end.durationMs >= 580 && end.durationMs < 1_000, `${end.durationMs} ms`);
    assert.ok(end.endedAt - end.startedAt >= 500);
    const left = await channel(path, 2, 0);
    const right = await channel(path, 2, 1);
    assert.equal(left.length, end.durationMs * 8);
    assert.equal(end.bytes, HEADER_BYTES + left.length * 4);
    assert.ok(purest(left, 8_000, 500) > 0.9);
    assert.ok(purest(right, 8_000, 1_500) > 0.9);
    await leg.close();
  });

  it('of a bridge keeps both parties aligned over loss', async () => {
    const a = await rig.call();
    const b = await rig.call();
    a.peer.network = { loss: 0.05 };
    a.peer.speak(a.leg.localPort, 0);
    b.peer.speak(b.leg.localPort, 0);
    rig.engine.bridge(a.leg, b.leg);
    const path = join(directory, 'aligned.wav');
    const recording = a.leg.record({ format: 'wav', channels: 'stereo', path, maxMs: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 500));
    a.peer.speak(a.leg.localPort, 500);
    b.peer.speak(b.leg.localPort, 900);
    await new Promise((resolve) => setTimeout(resolve, 500));
    recording.stop();
    await recording.ended;
    const left = onset(await channel(path, 2, 0));
    const right = onset(await channel(path, 2, 1));
    assert.ok(left > 0 && right > 0);
    // Both began at once; the right one passes a second jitter buffer's worth of 20 to 100 ms at most.
    assert.ok(Math.abs(left - right) < 8 * 150, `${(left - right) / 8} ms apart`);
    await Promise.all([a.leg.close(), b.leg.close()]);
  });

  it('in mono mixes, of the incoming side alone leaves the other out', async () => {
    const { leg, peer } = await rig.call({ codec: 'G722' });
    peer.speak(leg.localPort, 500);
    leg.play([{ kind: 'tone', tone: { hz: 1_500, ms: 5_000, dbov: -12 } }], { loop: 1 });
    const mono = leg.record({ format: 'wav', channels: 'mono', path: join(directory, 'mono.wav'), maxMs: 800 });
    const incoming = leg.record({ format: 'wav', channels: 'incoming', path: join(directory, 'incoming.wav'), maxMs: 800 });
    assert.equal((await mono.ended).cause, 'max-length');
    const end = await incoming.ended;
    assert.equal(end.cause, 'max-length');
    assert.equal(end.durationMs, 800);
    const both = (await channel(join(directory, 'mono.wav'), 1, 0)).subarray(6_400);
    assert.ok(purest(both, 16_000, 500) > 0.2 && purest(both, 16_000, 1_500) > 0.2);
    const said = (await channel(join(directory, 'incoming.wav'), 1, 0)).subarray(6_400);
    assert.ok(purest(said, 16_000, 500) > 0.9);
    await leg.close();
  });

  it('as MP3 comes back as a clip, decoded off the main thread, and can be played', async () => {
    const { leg, peer } = await rig.call();
    peer.speak(leg.localPort, 600);
    const path = join(directory, 'said.mp3');
    const end = await leg.record({ format: 'mp3', channels: 'stereo', path, maxMs: 600 }).ended;
    assert.equal(end.cause, 'max-length');
    const file = await readFile(path);
    assert.equal(end.bytes, file.length);
    const clip = await rig.engine.decodeClip(file);
    const ms = (clip.pcm.length / clip.sampleRate) * 1_000;
    assert.ok(ms >= 600 && ms < 900, `${ms} ms`);
    peer.speak(leg.localPort, 0);
    leg.play([{ kind: 'clip', clip }], { loop: 0 });
    await peer.hears(600);
    await leg.close();
    await assert.rejects(rig.engine.decodeClip(Buffer.from('<html>')), { name: 'AudioFileError' });
  });

  it('leaves out what passes while it is paused', async () => {
    const { leg, peer } = await rig.call();
    peer.speak(leg.localPort, 500);
    const recording = leg.record({ format: 'wav', channels: 'incoming', path: join(directory, 'paused.wav'), maxMs: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 200));
    recording.pause();
    await new Promise((resolve) => setTimeout(resolve, 400));
    recording.resume();
    await new Promise((resolve) => setTimeout(resolve, 200));
    recording.stop();
    const { durationMs } = await recording.ended;
    assert.ok(durationMs >= 300 && durationMs <= 560, `${durationMs} ms`);
    await leg.close();
  });

  it('ends after silence, and with the leg', async () => {
    const { leg, peer } = await rig.call();
    peer.speak(leg.localPort, 500);
    const path = join(directory, 'silence.wav');
    const recording = leg.record({ format: 'wav', channels: 'incoming', path, maxMs: 60_000, silenceMs: 300 });
    await new Promise((resolve) => setTimeout(resolve, 400));
    peer.speak(leg.localPort, 0);
    assert.equal((await recording.ended).cause, 'silence');
    assert.ok(rms((await channel(path, 1, 0)).subarray(1_600, 3_200)) > 1_000);
    const other = leg.record({ format: 'wav', channels: 'incoming', path: join(directory, 'closed.wav'), maxMs: 60_000 });
    await new Promise((resolve) => setTimeout(resolve, 100));
    await leg.close();
    assert.equal((await other.ended).cause, 'closed');
    assert.ok(existsSync(join(directory, 'closed.wav')));
  });

  it('that cannot be written fails in words, and the call goes on', async () => {
    const { leg, peer } = await rig.call();
    const path = join(directory, 'no-such-directory', 'a.wav');
    const end = await leg.record({ format: 'wav', channels: 'stereo', path, maxMs: 60_000 }).ended;
    assert.equal(end.cause, 'failed');
    assert.match(end.error ?? '', /ENOENT/);
    // By a link: should the recorder ever delete what it must not, it is only the link that goes.
    const link = join(directory, 'full.wav');
    await symlink('/dev/full', link);
    const full = await leg.record({ format: 'wav', channels: 'stereo', path: link, maxMs: 60_000 }).ended;
    assert.equal(full.cause, 'failed');
    assert.match(full.error ?? '', /ENOSPC/);
    assert.ok(existsSync(link), 'what is no regular file is not deleted');
    leg.play([{ kind: 'tone', tone: { hz: 800, ms: 2_000, dbov: -10 } }], { loop: 1 });
    await peer.hears(800);
    await leg.close();
  });
});
