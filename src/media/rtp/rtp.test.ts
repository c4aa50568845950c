import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import { Latch, RELATCH_OTHER_SOURCE_MS, RELATCH_SAME_SOURCE_MS } from './latch.ts';
import { LatenessHistogram } from './lateness-histogram.ts';
import { NoFreePorts, PortPool, REUSE_DELAY_MS } from './port-pool.ts';
import { Reception } from './reception.ts';
import { type FarReport, readReports, writeReport } from './rtcp.ts';
import { createRtpHeader, readRtpHeader, writeRtpHeader } from './rtp-packet.ts';

describe('the RTP header', () => {
  it('is read past CSRC list and extension, without padding', () => {
    const packet = new Uint8Array(12 + 8 + 4 + 4 + 20 + 4);
    writeRtpHeader(packet, 8, true, 65_535, 4_294_967_295, 0xdeadbeef);
    packet[0] = 0x80 | 0x20 | 0x10 | 2;
    packet[12 + 8 + 3] = 1;
    packet[packet.length - 1] = 4;
    const header = createRtpHeader();
    assert.ok(readRtpHeader(packet, header));
    assert.deepEqual(header, {
      payloadType: 8,
      marker: true,
      sequence: 65_535,
      timestamp: 4_294_967_295,
      ssrc: 0xdeadbeef,
      payloadStart: 28,
      payloadEnd: 48,
    });
  });

  it('is refused with another version, as RTCP, and with lengths beyond the datagram', () => {
    const header = createRtpHeader();
    for (const [first, second] of [
      [0x40, 0],
      [0x80, 200],
      [0x8f, 0],
      [0x90, 0],
      [0xa0, 0],
    ] as const) {
      const packet = new Uint8Array(14);
      packet[0] = first;
      packet[1] = second;
      assert.equal(readRtpHeader(packet, header), false, `${first} ${second}`);
    }
    assert.equal(readRtpHeader(new Uint8Array(11), header), false);
  });
});

describe('the port pool', () => {
  it('gives even ports, lets a pair rest, and says when there is none', async () => {
    const clock = new VirtualClock();
    const pool = new PortPool({ from: 5_001, to: 5_006 }, clock);
    assert.deepEqual([pool.take(), pool.take()], [5_002, 5_004]);
    assert.throws(() => pool.take(), NoFreePorts);
    pool.giveBack(5_004);
    assert.throws(() => pool.take(), /rest after a call/);
    await clock.advance(REUSE_DELAY_MS);
    assert.equal(pool.take(), 5_004);
    assert.equal(pool.taken, 2);
    assert.throws(() => new PortPool({ from: 5_001, to: 5_002 }, clock), RangeError);
  });
});

describe('the latch', () => {
  it('goes to the signalled address once only that one speaks: another phone that was heard early did not answer', () => {
    const latch = new Latch();
    latch.signal('10.0.0.1', 4_000);
    for (const at of [0, 1, 2]) latch.accept('10.0.0.9', 1, 7, at);
    assert.equal(latch.port, 1);
    for (let at = 20; at < 400; at += 20) {
      assert.ok(!latch.accept('10.0.0.1', 4_000, 8, at), 'not while the other one speaks, too');
      assert.ok(latch.accept('10.0.0.9', 1, 7, at));
    }
    assert.deepEqual(
      [0, 1, 2].map((step) => latch.accept('10.0.0.1', 4_000, 8, 400 + 20 * step)),
      [false, false, true],
    );
    assert.equal(latch.port, 4_000);
  });

  it('walks its table', () => {
    const latch = new Latch();
    latch.signal('10.0.0.1', 4_000);
    assert.ok(!latch.accept('10.0.0.9', 1, 7, 0), 'one stray packet captures nothing');
    assert.ok(latch.accept('10.0.0.1', 4_000, 7, 20));
    for (let at = 40; at < 400; at += 20) assert.ok(!latch.accept('10.0.0.9', 1, 7, at));
    assert.equal(latch.port, 4_000);
    const later = 20 + RELATCH_SAME_SOURCE_MS;
    assert.deepEqual(
      [0, 1, 2].map((step) => latch.accept('10.0.0.9', 1, 7, later + step)),
      [false, false, true],
    );
    assert.equal(latch.port, 1);
    const other = later + 2 + RELATCH_SAME_SOURCE_MS;
    for (let step = 0; step < 5; step++) assert.ok(!latch.accept('10.0.0.8', 2, 8, other + step), 'another SSRC waits longer');
    const longAfter = later + 2 + RELATCH_OTHER_SOURCE_MS;
    assert.deepEqual(
      [0, 1, 2].map((step) => latch.accept('10.0.0.8', 2, 8, longAfter + step)),
      [false, false, true],
    );
    latch.signal('10.0.0.1', 4_000);
    assert.equal(latch.port, 2, 'the same SDP again keeps the latch');
    latch.signal('10.0.0.1', 5_000);
    assert.equal(latch.port, 5_000);
  });
});

describe('reception', () => {
  it('counts loss, late and double packets over the wrap of the sequence', () => {
    const reception = new Reception();
    const arrivals = [65_534, 65_535, 1, 0, 1, 2, 5].map((sequence, index) =>
      reception.count(sequence, index * 160, 1, 160, index * 20),
    );
    assert.deepEqual(arrivals, ['restart', 'next', 'next', 'late', 'duplicate', 'next', 'next']);
    assert.deepEqual([reception.lost, reception.late, reception.duplicates, reception.received], [2, 1, 1, 6]);
    assert.equal(reception.count(40_000, 0, 2, 160, 0), 'restart');
    assert.equal(reception.lost, 2, 'a new source adds no loss');
  });

  it('measures jitter of arrivals, not of pauses', () => {
    const reception = new Reception();
    for (let index = 0; index < 400; index++) reception.count(index, index * 160, 1, 160, index * 20 + (index % 2) * 10);
    assert.ok(Math.abs(reception.jitterMs - 10) < 0.5, `${reception.jitterMs}`);
  });
});

describe('RTCP', () => {
  it('tells the far end its loss and measures the round trip', () => {
    const far = (): FarReport => ({
      lastSenderReport: 0,
      lastSenderReportAtMs: 0,
      cumulativeLost: undefined,
      roundTripMs: undefined,
    });
    const [a, b] = [far(), far()];
    const wall = Date.UTC(2026, 0, 1);
    const buffer = new Uint8Array(128);
    const figures = { ssrc: 11, packetsSent: 10, payloadBytesSent: 1_600, timestamp: 5 };
    let length = writeReport(buffer, figures, new Reception(), a, wall, 0, false);
    assert.equal(length % 4, 0);
    assert.ok(readReports(buffer.subarray(0, length), 22, b, wall + 30, 1_030));
    const reception = new Reception();
    for (const sequence of [1, 2, 4]) reception.count(sequence, sequence * 160, 11, 160, sequence * 20);
    length = writeReport(buffer, { ...figures, ssrc: 22 }, reception, b, wall + 130, 1_130, true);
    assert.ok(readReports(buffer.subarray(0, length), 11, a, wall + 160, 160));
    assert.equal(a.cumulativeLost, 1);
    assert.ok(Math.abs((a.roundTripMs ?? 0) - 60) < 1, `${a.roundTripMs}`);
    for (let cut = 0; cut < length; cut++) readReports(buffer.subarray(0, cut), 11, a, 0, 0);
  });
});

it('lateness is told as the edge of a bucket', () => {
  const histogram = new LatenessHistogram();
  assert.equal(histogram.quantile(0.99), 0);
  for (let index = 0; index < 99; index++) histogram.add(0.3);
  histogram.add(1_000);
  assert.deepEqual([histogram.quantile(0.5), histogram.quantile(0.99), histogram.quantile(1)], [0.5, 0.5, 50]);
});
