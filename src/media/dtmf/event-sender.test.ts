import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type EventSenderState, eventSenderTransitions, MAX_QUEUED_STEPS, TelephoneEventSender } from './event-sender.ts';
import { dialSteps } from './generator.ts';
import { digitOfEvent, readTelephoneEvent } from './telephone-event.ts';

interface Packet {
  readonly digit: string | undefined;
  readonly marker: boolean;
  readonly timestamp: number;
  readonly duration: number;
  readonly end: boolean;
}

/** What is sent in so many frames: an event packet each, or undefined where audio goes. */
function send(sender: TelephoneEventSender, count: number, firstTimestamp = 1000): (Packet | undefined)[] {
  const event = { event: 0, end: false, volume: 0, duration: 0 };
  return Array.from({ length: count }, (_, frame) => {
    if (!sender.next((firstTimestamp + frame * 160) >>> 0)) return undefined;
    assert.ok(readTelephoneEvent(sender.payload, 0, 4, event));
    const { marker, timestamp } = sender;
    return { digit: digitOfEvent(event.event), marker, timestamp, duration: event.duration, end: event.end };
  });
}

const queued = (digits: string, toneMs: number, gapMs: number): TelephoneEventSender => {
  const sender = new TelephoneEventSender(8000);
  assert.ok(sender.queue(dialSteps(digits, { toneMs, gapMs }) ?? []));
  return sender;
};

describe('telephone event sender', () => {
  it('sends a digit with one marker, the timestamp held, the duration growing, and its end three times', () => {
    const packets = send(queued('5', 80, 60), 8);
    const base = { digit: '5', timestamp: 1000, marker: false, end: false };
    assert.deepEqual(packets, [
      { ...base, marker: true, duration: 160 },
      { ...base, duration: 320 },
      { ...base, duration: 480 },
      { ...base, duration: 640, end: true },
      { ...base, duration: 640, end: true },
      { ...base, duration: 640, end: true },
      undefined,
      undefined,
    ]);
  });

  it('keeps the gap between digits, the repeated ends being part of it', () => {
    const packets = send(queued('12', 40, 100), 20);
    assert.deepEqual(packets.map((packet) => packet?.digit ?? '.').join(''), '1111...2222.........'.slice(0, 20));
    assert.equal(packets[7]?.timestamp, 1000 + 7 * 160);
    assert.equal(packets[7]?.marker, true);
  });

  it('never sends two digits without a frame between them', () => {
    const sender = new TelephoneEventSender(8000);
    sender.queue([
      { digit: '7', ms: 20 },
      { digit: '7', ms: 20 },
    ]);
    assert.deepEqual(
      send(sender, 8)
        .map((packet) => packet?.digit ?? '.')
        .join(''),
      '777.777.',
    );
  });

  it('goes on in a further segment when a duration does not fit into 16 bits', () => {
    const packets = send(queued('0', 9000, 60), 460).filter((packet) => packet !== undefined);
    const segments = [...new Set(packets.map(({ timestamp }) => timestamp))];
    assert.deepEqual(segments, [1000, 1000 + 65440]);
    assert.equal(packets.filter(({ marker }) => marker).length, 1);
    assert.ok(packets.every(({ duration }) => duration <= 0xffff));
    assert.equal(packets.at(-1)?.duration, 9000 * 8 - 65440);
    assert.equal(packets.filter(({ end }) => end).length, 3);
  });

  it('cuts the digit off and drops the rest when it is stopped', () => {
    const sender = queued('123', 200, 60);
    send(sender, 3);
    sender.stop();
    const rest = send(sender, 10);
    assert.deepEqual(rest.map((packet) => packet?.digit ?? '.').join(''), '111.......');
    assert.ok(rest.slice(0, 3).every((packet) => packet?.end && packet.duration === 640));
    assert.equal(sender.state, 'idle');
  });

  it('counts in the ticks of its clock', () => {
    const sender = new TelephoneEventSender(48000);
    sender.queue([{ digit: '1', ms: 40 }]);
    assert.equal(send(sender, 2)[1]?.duration, 1920);
  });

  it('takes no more than it can hold', () => {
    const sender = new TelephoneEventSender(8000);
    const steps = dialSteps('1'.repeat(MAX_QUEUED_STEPS / 2)) ?? [];
    assert.ok(sender.queue(steps));
    assert.equal(sender.queue(steps.slice(0, 1)), false);
  });

  it('walks every transition of its table and no other', () => {
    const sender = new TelephoneEventSender(8000);
    sender.queue(dialSteps('1w2', { toneMs: 60, gapMs: 80 }) ?? []);
    const seen = new Map<EventSenderState, Set<EventSenderState>>();
    let before = sender.state;
    for (let frame = 0; frame < 60; frame++) {
      sender.next(frame * 160);
      if (sender.state !== before) seen.set(before, (seen.get(before) ?? new Set()).add(sender.state));
      before = sender.state;
    }
    for (const [from, expected] of Object.entries(eventSenderTransitions)) {
      const reached = [...seen].find(([state]) => state === from)?.[1] ?? new Set();
      assert.deepEqual([...reached].sort(), [...expected].sort(), from);
    }
  });
});
