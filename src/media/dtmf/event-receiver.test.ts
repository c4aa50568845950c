import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { DTMF_DIGITS } from './digits.ts';
import { TelephoneEventReceiver } from './event-receiver.ts';
import { MAX_EVENT_DURATION, writeTelephoneEvent } from './telephone-event.ts';

interface Packet {
  readonly payload: Uint8Array;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly atMs: number;
}

/** As RFC 4733 §2.5.1 has them: one a frame of 20 ms, a further segment where 16 bits are full, the end three times. */
function packetsFor(digits: string, toneMs = 100, gapMs = 100, firstTimestamp = 5000): Packet[] {
  const packets: Packet[] = [];
  for (const [index, digit] of [...digits].entries()) {
    // The repeated ends are part of the gap; a frame at least lies between two digits.
    const startMs = index * (toneMs + Math.max(gapMs, 60));
    let segmentMs = 0;
    for (let atMs = 20; atMs <= toneMs + 40; atMs += 20) {
      const soundedMs = Math.min(atMs, toneMs);
      if ((soundedMs - segmentMs) * 8 > MAX_EVENT_DURATION) segmentMs = soundedMs - 20;
      const timestamp = (firstTimestamp + (startMs + segmentMs) * 8) >>> 0;
      const flags = { marker: atMs === 20, end: atMs >= toneMs, atMs: startMs + atMs - 20 };
      packets.push(packet(digit, timestamp, (soundedMs - segmentMs) * 8, flags));
    }
  }
  return packets;
}

function packet(digit: string, timestamp: number, duration: number, { end = false, marker = false, atMs = 0 } = {}): Packet {
  const payload = new Uint8Array(4);
  writeTelephoneEvent(payload, 0, { event: DTMF_DIGITS.indexOf(digit), end, volume: 10, duration });
  return { payload, timestamp, marker, atMs };
}

/** `5(100)` is digit 5 with an end and a length of 100 ms; `5` without is one that has not ended. */
function heardIn(packets: readonly Packet[], quietMs = 1000): string {
  const heard: string[] = [];
  const receiver = new TelephoneEventReceiver(8000, {
    onStart: (digit) => heard.push(digit),
    onEnd: (_digit, ms) => heard.push(`(${ms})`),
  });
  let now = 0;
  for (const { payload, timestamp, marker, atMs } of packets) {
    now = Math.max(now, atMs);
    receiver.tick(now);
    receiver.receive(payload, 0, payload.length, timestamp, marker, now);
  }
  for (const end = now + quietMs; now <= end; now += 20) receiver.tick(now);
  return heard.join('');
}

const DIGITS_OF_100_MS = '1(100)1(100)#(100)';

describe('telephone event receiver', () => {
  it('reports each digit once, with its length', () => {
    assert.equal(heardIn(packetsFor('11#')), DIGITS_OF_100_MS);
  });

  it('does not mind packets that come twice', () => {
    assert.equal(heardIn(packetsFor('11#').flatMap((sent) => [sent, sent])), DIGITS_OF_100_MS);
  });

  it('hears a digit of which one single packet arrived, the first, one in the middle or an end', () => {
    for (let index = 0; index < 7; index++) {
      const heard = heardIn(packetsFor('4').slice(index, index + 1));
      assert.match(heard, /^4\(\d+\)$/, `packet ${index}`);
    }
  });

  it('ends a digit when all its end packets are lost: at the next digit, or when nothing more comes', () => {
    const withoutEnds = packetsFor('12').filter(({ payload }) => ((payload[1] ?? 0) & 0x80) === 0);
    assert.equal(heardIn(withoutEnds), '1(80)2(80)');
    assert.equal(heardIn(withoutEnds, 100), '1(80)2');
  });

  it('hears the same digit twice when ends and first packets between are lost', () => {
    const packets = packetsFor('88').filter(({ payload, marker }) => ((payload[1] ?? 0) & 0x80) === 0 && !marker);
    assert.match(heardIn(packets), /^8\(\d+\)8\(\d+\)$/);
  });

  it('ignores packets of an earlier digit that come late', () => {
    const packets = packetsFor('12', 100, 40);
    const last = packets.findLastIndex(({ payload }) => payload[0] === 1);
    const reordered = [
      ...packets.slice(0, last),
      ...packets.slice(last + 1, last + 3),
      ...packets.slice(last, last + 1),
      ...packets.slice(last + 3),
    ];
    assert.equal(heardIn(reordered), '1(100)2(100)');
  });

  it('holds together a digit longer than 16 bits of duration', () => {
    assert.equal(heardIn(packetsFor('9', 12_000)), '9(12000)');
  });

  it('holds together a digit whose sender moves the timestamp along', () => {
    const moving = Array.from({ length: 6 }, (_, at) =>
      packet('3', 1000 + at * 160, 160 * (at + 1), { marker: at === 0, atMs: at * 20, end: at === 5 }),
    );
    assert.equal(heardIn(moving), '3(120)');
  });

  it('works over the wrap of the timestamp', () => {
    assert.equal(heardIn(packetsFor('12', 100, 100, 0xffffff00)), '1(100)2(100)');
  });

  it('hears a sender that began to count anew', () => {
    const later = packetsFor('6', 100, 100, 7).map((sent) => ({ ...sent, atMs: sent.atMs + 5000 }));
    assert.equal(heardIn([...packetsFor('5', 100, 100, 900_000), ...later]), '5(100)6(100)');
  });

  it('ignores events that are no digits and payloads that are too short', () => {
    const flash = { ...packet('1', 1000, 160), payload: Uint8Array.of(16, 10, 0, 160) };
    assert.equal(heardIn([flash, { ...flash, payload: Uint8Array.of(1, 2) }]), '');
  });

  it('reports every digit exactly once when a tenth of the packets is lost, doubled or swapped', () => {
    fc.assert(
      fc.property(
        fc.array(fc.constantFrom(...'0123456789*#'), { minLength: 1, maxLength: 8 }),
        fc.infiniteStream(fc.constantFrom('lose', 'double', 'swap', ...Array.from({ length: 17 }, () => 'keep'))),
        (digits, fates) => {
          const text = digits.join('');
          const packets = packetsFor(text, 100, 100);
          const arrived: Packet[] = [];
          for (const [index, sent] of packets.entries()) {
            const fate = fates.next().value;
            if (fate === 'lose' && packets[index - 1]?.payload[0] === sent.payload[0]) continue;
            arrived.push(sent);
            if (fate === 'double') arrived.push(sent);
            const before = arrived.at(-2);
            if (fate === 'swap' && before !== undefined) arrived.splice(-2, 2, sent, before);
          }
          assert.equal(heardIn(arrived).replaceAll(/\(\d+\)/g, ''), text);
        },
      ),
      { numRuns: 200, seed: 20261121 },
    );
  });
});
