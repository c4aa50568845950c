import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { JitterBuffer, MAX_PAYLOAD_BYTES } from './jitter-buffer.ts';

/** A sender and a reader around a buffer. Packets carry their own number as first octet. */
class Rig {
  readonly buffer = new JitterBuffer(8000);
  sequence: number;
  timestamp = 0;
  ssrc = 1;
  nowMs = 0;
  readonly packetMs: number;

  constructor({ firstSequence = 100, packetMs = 20 } = {}) {
    this.sequence = firstSequence;
    this.packetMs = packetMs;
  }

  /** The next packet of the sender arrives, `lateMs` later than it should. */
  send(lateMs = 0): string {
    const outcome = this.arrive(this.sequence, this.timestamp, this.nowMs + lateMs);
    this.skip();
    return outcome;
  }

  /** The next packet is lost. */
  skip(): void {
    this.sequence = (this.sequence + 1) & 0xffff;
    this.timestamp += this.packetMs * 8;
  }

  arrive(sequence: number, timestamp: number, atMs = this.nowMs): string {
    const payload = new Uint8Array(this.packetMs * 8).fill(sequence & 0xff);
    return this.buffer.push(sequence & 0xffff, timestamp, this.ssrc, payload, 0, payload.length, payload.length, atMs);
  }

  /** What is pulled: the number of a packet, or the outcome. */
  pull(): number | string {
    this.nowMs += 20;
    const outcome = this.buffer.pull();
    return outcome === 'packet' ? (this.buffer.payload[this.buffer.payloadOffset] ?? -1) : outcome;
  }

  sendAndPull(count: number): (number | string)[] {
    return Array.from({ length: count }, () => {
      this.send();
      return this.pull();
    });
  }
}

const numbers = (from: number, count: number) => Array.from({ length: count }, (_, at) => (from + at) & 0xff);

describe('jitter buffer', () => {
  it('begins with 40 ms and then gives a packet for every packet', () => {
    const rig = new Rig();
    assert.deepEqual(rig.sendAndPull(6), ['nothing', 100, 101, 102, 103, 104]);
    assert.equal(rig.buffer.bufferedMs, 20);
  });

  it('begins after 40 ms also when only one packet came', () => {
    const rig = new Rig();
    rig.send();
    assert.deepEqual([rig.pull(), rig.pull(), rig.pull()], ['nothing', 'nothing', 100]);
  });

  it('puts packets into order', () => {
    const rig = new Rig();
    rig.sendAndPull(2);
    for (const ahead of [2, 1, 0]) rig.arrive(rig.sequence + ahead, rig.timestamp + ahead * 160);
    assert.deepEqual([rig.pull(), rig.pull(), rig.pull(), rig.pull()], [101, 102, 103, 104]);
  });

  it('begins with the earliest packet when the first ones are out of order', () => {
    const rig = new Rig();
    rig.arrive(101, 160);
    rig.arrive(100, 0);
    assert.deepEqual([rig.pull(), rig.pull()], [100, 101]);
  });

  it('says that a packet is lost when the next one is there', () => {
    const rig = new Rig();
    rig.sendAndPull(3);
    rig.skip();
    rig.send();
    rig.send();
    assert.deepEqual([rig.pull(), rig.pull(), rig.pull()], [102, 'lost', 104]);
    assert.equal(rig.buffer.lostTicks, 160);
  });

  it('refuses what came too late, and tells it from what came twice', () => {
    const rig = new Rig();
    rig.sendAndPull(3);
    rig.skip();
    for (let count = 0; count < 3; count++) rig.send();
    for (let count = 0; count < 3; count++) rig.pull();
    assert.equal(rig.arrive(103, 3 * 160), 'late');
    assert.equal(rig.arrive(104, 4 * 160), 'duplicate');
    assert.equal(rig.arrive(106, 6 * 160), 'duplicate');
  });

  it('waits for packets that are held up, and plays them then: the delay grows', () => {
    const rig = new Rig();
    rig.sendAndPull(5);
    assert.deepEqual([rig.pull(), rig.pull(), rig.pull()], [104, 'dry', 'dry']);
    for (let count = 0; count < 4; count++) rig.send(60);
    assert.deepEqual([rig.pull(), rig.pull()], [105, 106]);
  });

  it('does not conceal twice what was lost while nothing was there', () => {
    const rig = new Rig();
    rig.sendAndPull(5);
    assert.deepEqual([rig.pull(), rig.pull()], [104, 'dry']);
    rig.skip();
    rig.send();
    assert.equal(rig.pull(), 106);
  });

  it('falls silent after 60 ms without packets and begins anew with the next, holding it back again', () => {
    const rig = new Rig();
    rig.sendAndPull(5);
    const outcomes = Array.from({ length: 30 }, () => rig.pull());
    assert.deepEqual(outcomes.slice(0, 6), [104, 'dry', 'dry', 'dry', 'nothing', 'nothing']);
    rig.timestamp += 30 * 160;
    assert.deepEqual(rig.sendAndPull(3), ['nothing', 105, 106]);
  });

  it('wraps with the sequence number and the timestamp', () => {
    const rig = new Rig({ firstSequence: 65533 });
    rig.timestamp = 0xffffffff - 400;
    rig.sendAndPull(1);
    assert.deepEqual(rig.sendAndPull(8), numbers(253, 8));
  });

  it('does not mind a jump of the timestamp', () => {
    const rig = new Rig();
    rig.sendAndPull(5);
    rig.timestamp = 4_000_000_000;
    assert.deepEqual(rig.sendAndPull(3), numbers(104, 3));
    rig.timestamp = 17;
    assert.deepEqual(rig.sendAndPull(3), numbers(107, 3));
  });

  it('begins anew with another source or with other sequence numbers', () => {
    const rig = new Rig();
    rig.sendAndPull(5);
    rig.ssrc = 2;
    rig.sequence = 7;
    assert.deepEqual(rig.sendAndPull(3), ['nothing', 7, 8]);
    rig.sequence = 30_000;
    assert.equal(rig.send(), 'refused');
    rig.pull();
    assert.deepEqual(rig.sendAndPull(3), ['nothing', 30_001 & 0xff, 30_002 & 0xff]);
  });

  it('passes over packets without audio as if they had not been in the stream', () => {
    const rig = new Rig();
    rig.sendAndPull(3);
    rig.buffer.push(103, 0, 1, new Uint8Array(0), 0, 0, 0, rig.nowMs);
    rig.sequence = 104;
    assert.deepEqual(rig.sendAndPull(3), [102, 104, 105]);
  });

  it('takes packets of 10, 30 and 60 ms', () => {
    for (const packetMs of [10, 30, 60]) {
      const rig = new Rig({ packetMs });
      const heard: (number | string)[] = [];
      for (let ms = 0; ms < 1200; ms += 10) {
        if (ms % packetMs === 0) rig.send();
        if (ms % packetMs === 0 && ms >= 60) heard.push(rig.pull());
      }
      assert.deepEqual(heard.filter((outcome) => outcome !== 'nothing').slice(0, 12), numbers(100, 12), `${packetMs} ms`);
    }
  });

  it('drops the oldest when more packets come than it has room for', () => {
    const rig = new Rig();
    for (let count = 0; count < 100; count++) rig.send();
    assert.equal(rig.pull(), 136);
  });

  it('aims at less when the network is even and at more when it is not, from 20 to 200 ms', () => {
    const even = new Rig();
    assert.equal(even.buffer.targetMs, 40);
    even.sendAndPull(1000);
    assert.equal(even.buffer.targetMs, 20);
    const uneven = new Rig();
    for (let count = 0; count < 1000; count++) {
      uneven.send((count * 7919) % 90);
      uneven.pull();
    }
    assert.ok(uneven.buffer.targetMs >= 90 && uneven.buffer.targetMs <= 110, `${uneven.buffer.targetMs}`);
    for (let count = 0; count < 1000; count++) {
      uneven.send((count * 7919) % 900);
      uneven.pull();
    }
    assert.equal(uneven.buffer.targetMs, 200);
  });

  it('says when it holds more than it aims at, until one packet more has been pulled', () => {
    const rig = new Rig();
    rig.sendAndPull(400);
    for (let stalled = 0; stalled < 3; stalled++) rig.pull();
    for (let stalled = 0; stalled < 3; stalled++) rig.send();
    let frames = 0;
    while (!rig.buffer.hasExcess && frames < 100) {
      rig.sendAndPull(1);
      frames += 1;
    }
    assert.ok(frames > 40 && frames < 60, `${frames} frames`);
    const held = rig.buffer.bufferedMs;
    rig.pull();
    assert.equal(rig.buffer.bufferedMs, held - 20);
    assert.equal(rig.buffer.hasExcess, false);
  });

  it('says so however little it held at some moment before', () => {
    const rig = new Rig();
    rig.sendAndPull(400);
    rig.buffer.pull();
    rig.sendAndPull(60);
    assert.equal(rig.buffer.bufferedMs, 0);
    // The turn of the reader moves: a packet comes without one being pulled.
    rig.send();
    rig.nowMs += 20;
    let frames = 0;
    while (!rig.buffer.hasExcess && frames < 200) {
      rig.sendAndPull(1);
      frames += 1;
    }
    assert.ok(frames >= 50 && frames <= 100, `${frames} frames`);
  });

  it('refuses payloads that are too large or end past their packet', () => {
    const rig = new Rig();
    const bytes = new Uint8Array(MAX_PAYLOAD_BYTES + 1);
    assert.equal(rig.buffer.push(1, 0, 1, bytes, 0, bytes.length, bytes.length, 0), 'refused');
    assert.equal(rig.buffer.push(1, 0, 1, bytes, 400, 160, 160, 0), 'refused');
  });
});
