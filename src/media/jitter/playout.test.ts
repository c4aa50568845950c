import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { join, rms, seededRandom, sine, toneShare } from '../../../testkit/audio.ts';
import { telephonyCodecs as codecs } from '../codecs/registry.ts';
import { type FrameKind, Playout } from './playout.ts';

interface Network {
  readonly packetMs?: number;
  /** Undefined: the packet is lost. */
  readonly delayMs?: (packet: number) => number | undefined;
}

/** A tone sent through a network and played: what is heard of it, from the start of playing on. */
function heardThrough(codecName: string, ms: number, { packetMs = 20, delayMs = () => 5 }: Network = {}) {
  const codec = codecs.find(({ name }) => name === codecName);
  assert.ok(codec !== undefined);
  const playout = new Playout(codec);
  const encoder = codec.createEncoder();
  const pcm = sine(codec.sampleRate, 800, ms, 8000);
  const samples = (codec.sampleRate * packetMs) / 1000;
  const arrivals = Array.from({ length: Math.floor(ms / packetMs) }, (_, packet) => {
    const payload = new Uint8Array(packetMs * 8);
    encoder.encode(pcm.subarray(packet * samples, (packet + 1) * samples), payload, 0);
    const delay = delayMs(packet);
    return { packet, payload, atMs: delay === undefined ? Number.POSITIVE_INFINITY : (packet + 1) * packetMs + delay };
  }).sort((a, b) => a.atMs - b.atMs);
  const kinds: FrameKind[] = [];
  const heard: Int16Array[] = [];
  let next = 0;
  let mostHeldMs = 0;
  for (let now = 20; now < ms; now += 20) {
    for (; (arrivals[next]?.atMs ?? Number.POSITIVE_INFINITY) <= now; next++) {
      const { packet, payload, atMs } = arrivals[next] ?? assert.fail();
      playout.receive(
        packet + 65_500 - (packet + 65_500 > 65_535 ? 65_536 : 0),
        packet * packetMs * 8,
        77,
        payload,
        0,
        payload.length,
        atMs,
      );
    }
    const frame = new Int16Array(codec.sampleRate / 50);
    kinds.push(playout.read(frame));
    heard.push(frame);
    mostHeldMs = Math.max(mostHeldMs, playout.buffer.bufferedMs);
  }
  const lost = arrivals.filter(({ atMs }) => atMs === Number.POSITIVE_INFINITY).length;
  return { playout, kinds, pcm: join(...heard), rate: codec.sampleRate, mostHeldMs, lost };
}

describe('playout', () => {
  for (const { name } of codecs) {
    for (const packetMs of [10, 20, 30, 60]) {
      it(`plays ${name} in packets of ${packetMs} ms without a gap`, () => {
        const { kinds, pcm, rate, playout } = heardThrough(name, 2000, { packetMs });
        const begin = kinds.indexOf('audio');
        assert.ok(begin >= 0 && begin <= 8, `begins at frame ${begin}`);
        assert.ok(kinds.slice(begin).every((kind) => kind === 'audio'));
        assert.ok(toneShare(pcm.subarray((begin + 2) * (rate / 50)), rate, 800) > 0.98);
        assert.equal(playout.concealedFrames, 0);
      });
    }
  }

  it('fills in for 5 % of loss: the tone stays, at its level', () => {
    const random = seededRandom(3);
    const { pcm, playout, lost } = heardThrough('PCMU', 10_000, { delayMs: () => (random() < 0.05 ? undefined : 5) });
    const steady = pcm.subarray(800, 78_000);
    assert.ok(toneShare(steady, 8000, 800) > 0.9);
    assert.ok(Math.abs(20 * Math.log10(rms(steady) / (8000 / Math.SQRT2))) < 0.5);
    assert.ok(playout.concealedFrames >= lost && playout.concealedFrames < lost + 8);
  });

  it('takes on the delay of an uneven network and then plays without a gap', () => {
    const random = seededRandom(9);
    const { kinds, mostHeldMs } = heardThrough('PCMA', 20_000, { delayMs: () => 5 + random() * 80 });
    const afterwards = kinds.slice(250);
    assert.ok(
      afterwards.filter((kind) => kind !== 'audio').length < 15,
      `${afterwards.filter((kind) => kind !== 'audio').length}`,
    );
    assert.ok(mostHeldMs <= 200);
  });

  it('gets rid of the delay again that a stall of the network has left', () => {
    const { playout, pcm } = heardThrough('PCMU', 12_000, {
      delayMs: (packet) => (packet >= 100 && packet < 115 ? 5 + (115 - packet) * 20 : 5),
    });
    assert.ok(playout.buffer.bufferedMs <= 60, `${playout.buffer.bufferedMs} ms`);
    assert.ok(toneShare(pcm.subarray(80_000), 8000, 800) > 0.9);
  });

  it('is silent before the first packet and after the last', () => {
    const playout = new Playout(codecs[0] ?? assert.fail());
    const frame = new Int16Array(160).fill(1);
    assert.equal(playout.read(frame), 'silence');
    assert.equal(rms(frame), 0);
    playout.receive(1, 0, 1, new Uint8Array(160).fill(0x20), 0, 160, 0);
    const kinds = Array.from({ length: 12 }, () => playout.read(frame));
    assert.deepEqual(kinds.slice(-3), ['silence', 'silence', 'silence']);
    assert.equal(rms(frame), 0);
  });

  it('plays on when the source changes, and over telephone events', () => {
    const codec = codecs[0] ?? assert.fail();
    const playout = new Playout(codec);
    const frame = new Int16Array(160);
    const kinds: FrameKind[] = [];
    for (let packet = 0; packet < 60; packet++) {
      const ssrc = packet < 30 ? 1 : 2;
      if (packet >= 10 && packet < 12) playout.receiveOther(packet, 1600, ssrc, packet * 20);
      else playout.receive(packet, packet * 160, ssrc, codec.silence, 0, 160, packet * 20);
      kinds.push(playout.read(frame));
    }
    assert.ok(kinds.slice(35).every((kind) => kind === 'audio'));
  });
});
