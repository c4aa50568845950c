import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rms, sine, toneShare } from '../../../testkit/audio.ts';
import { codecByName } from '../codecs/registry.ts';
import { frameSamples } from '../pcm.ts';
import { AudioFrame } from './audio-frame.ts';
import { allocateFrameRing } from './frame-ring.ts';
import { BRIDGE_RING_BYTES, BRIDGE_RING_SLOTS } from './partner.ts';
import { ALL_GROUPS, type MediaEvent, type MemberHearing, type SeatSettings } from './protocol.ts';
import { Room } from './room.ts';
import { RoomSeat } from './room-seat.ts';

const PLAIN: SeatSettings = { muted: false, deaf: false, gain: 1, relayDigits: true };
const OPEN: MemberHearing = { group: 0, audience: ALL_GROUPS, whisperTo: undefined };
const PEAK = 8_000;

/** A member without a leg: says a tone, keeps what it hears, turn by turn. */
class Talker {
  readonly id: number;
  readonly seat: RoomSeat;
  readonly rate: 8000 | 16000;
  readonly told: boolean[] = [];
  readonly digits: string[] = [];
  hz: number;
  digit = '';
  /** A held leg gives its seat no audio. */
  held = false;
  readonly #frame = new AudioFrame();
  readonly #second: Map<number, Int16Array> = new Map();
  #heard: number[] = [];
  #turn = 0;

  constructor(room: Room, id: number, hz: number, codecName: 'PCMU' | 'G722', settings: SeatSettings) {
    const codec = codecByName(codecName);
    assert.ok(codec);
    this.hz = hz;
    this.rate = codec.sampleRate;
    this.#frame.codec = codec;
    const toRoom = allocateFrameRing(BRIDGE_RING_SLOTS, BRIDGE_RING_BYTES);
    const fromRoom = allocateFrameRing(BRIDGE_RING_SLOTS, BRIDGE_RING_BYTES);
    this.id = id;
    room.join({ member: id, rings: { toPartner: fromRoom, fromPartner: toRoom }, inStep: true, hearing: OPEN });
    this.seat = new RoomSeat({ toPartner: toRoom, fromPartner: fromRoom }, true, settings, (on) => this.told.push(on));
  }

  say(): void {
    if (this.held) return;
    const frame = this.#frame;
    const { codec } = frame;
    frame.clear();
    frame.codec = codec;
    frame.sampleRate = this.rate;
    frame.digit = this.digit;
    const second = this.#second.get(this.hz) ?? sine(this.rate, this.hz, 1_000, this.hz === 0 ? 0 : PEAK);
    this.#second.set(this.hz, second);
    const samples = frameSamples(this.rate);
    const at = (this.#turn++ % 50) * samples;
    frame.pcm.set(second.subarray(at, at + samples));
    frame.hasPcm = true;
    this.seat.publish(frame);
  }

  listen(): void {
    const frame = this.seat.take();
    const samples = frameSamples(this.rate);
    // What the room gives has the rate of the member's codec.
    if (frame?.hasPcm) assert.equal(frame.sampleRate, this.rate);
    if (frame && frame.digit !== '') this.digits.push(frame.digit);
    for (let at = 0; at < samples; at++) this.#heard.push(frame?.hasPcm ? (frame.pcm[at] ?? 0) : 0);
  }

  /** What was heard since the last time. */
  heard(): Int16Array {
    const pcm = Int16Array.from(this.#heard);
    this.#heard = [];
    return pcm;
  }
}

function meeting() {
  const events: MediaEvent[] = [];
  const room = new Room(1, (event) => events.push(event));
  const talkers: Talker[] = [];
  /** How long each turn took. */
  const mixedInMs: number[] = [];
  let turn = 0;
  return {
    room,
    mixedInMs,
    events,
    join(hz: number, codec: 'PCMU' | 'G722' = 'PCMU', settings: Partial<SeatSettings> = {}): Talker {
      const talker = new Talker(room, talkers.length, hz, codec, { ...PLAIN, ...settings });
      talkers.push(talker);
      return talker;
    },
    run(ms: number): void {
      for (const end = turn + ms / 20; turn < end; turn++) {
        for (const talker of talkers) talker.say();
        const from = performance.now();
        room.takeIn(turn);
        mixedInMs.push(performance.now() - from);
        for (const talker of talkers) talker.listen();
      }
    },
    /** Lets the detectors and filters settle, then takes half a second of every member. */
    settled(): void {
      this.run(400);
      for (const talker of talkers) talker.heard();
      this.run(500);
    },
  };
}

/** These tones make up what the talker heard, and none of the others is in it. */
function assertHears(talker: Talker, wanted: readonly number[], others: readonly number[]): void {
  const pcm = talker.heard();
  if (wanted.length === 0) assert.ok(rms(pcm) < 1, `silence, not ${rms(pcm)}`);
  for (const hz of wanted) {
    const share = toneShare(pcm, talker.rate, hz);
    assert.ok(Math.abs(share - 1 / wanted.length) < 0.03, `${hz} Hz has ${share} of what is heard`);
  }
  for (const hz of others) assert.ok(toneShare(pcm, talker.rate, hz) < 0.001, `${hz} Hz is not heard`);
}

describe('a room', () => {
  for (const [name, codecs] of [
    ['at 8 kHz', ['PCMU', 'PCMU', 'PCMU']],
    ['at 16 kHz', ['G722', 'G722', 'G722']],
    ['at both rates', ['PCMU', 'G722', 'PCMU']],
  ] as const) {
    test(`of three ${name} gives each the other two and not itself`, () => {
      const meet = meeting();
      const [a, b, c] = [meet.join(500, codecs[0]), meet.join(900, codecs[1]), meet.join(1_500, codecs[2])];
      meet.settled();
      assertHears(a, [900, 1_500], [500]);
      assertHears(b, [500, 1_500], [900]);
      assertHears(c, [500, 900], [1_500]);
    });
  }

  test('does not let a muted member be heard nor a deaf one hear, and changes at once', () => {
    const meet = meeting();
    const [a, b, c] = [meet.join(500, 'PCMU', { muted: true }), meet.join(900, 'PCMU', { deaf: true }), meet.join(1_500)];
    meet.settled();
    assertHears(a, [900, 1_500], [500]);
    assertHears(b, [], []);
    assertHears(c, [900], [500, 1_500]);
    a.seat.set(PLAIN);
    b.seat.set(PLAIN);
    meet.settled();
    assertHears(b, [500, 1_500], [900]);
    assertHears(c, [500, 900], [1_500]);
  });

  describe('in which a coach speaks to agents alone', () => {
    const CUSTOMERS = 0;
    const AGENTS = 3;
    const coaching: MemberHearing = { group: 5, audience: 1 << AGENTS, whisperTo: undefined };

    for (const [name, codecs] of [
      ['at 8 kHz', ['PCMU', 'PCMU', 'PCMU', 'PCMU']],
      ['at both rates', ['PCMU', 'G722', 'G722', 'PCMU']],
    ] as const) {
      test(`gives the coach to the agents only ${name}, and to all when it stops coaching`, () => {
        const meet = meeting();
        const customer = meet.join(500, codecs[0]);
        const agent = meet.join(900, codecs[1]);
        const second = meet.join(1_500, codecs[2]);
        const coach = meet.join(2_200, codecs[3]);
        for (const { id } of [agent, second]) meet.room.setHearing(id, { ...OPEN, group: AGENTS });
        meet.room.setHearing(coach.id, coaching);
        meet.settled();
        assertHears(customer, [900, 1_500], [500, 2_200]);
        assertHears(agent, [500, 1_500, 2_200], [900]);
        assertHears(second, [500, 900, 2_200], [1_500]);
        assertHears(coach, [500, 900, 1_500], [2_200]);
        meet.room.setHearing(coach.id, { ...OPEN, group: 5 });
        meet.settled();
        assertHears(customer, [900, 1_500, 2_200], [500]);
        // An agent who becomes a customer hears the coach no more.
        meet.room.setHearing(coach.id, coaching);
        meet.room.setHearing(second.id, { ...OPEN, group: CUSTOMERS });
        meet.settled();
        assertHears(second, [500, 900], [1_500, 2_200]);
      });
    }

    test('gives it to nobody else when all others are silent, and its keys neither', () => {
      const meet = meeting();
      const [customer, agent, coach] = [meet.join(0), meet.join(0), meet.join(2_200)];
      meet.room.setHearing(agent.id, { ...OPEN, group: AGENTS });
      meet.room.setHearing(coach.id, coaching);
      meet.settled();
      assertHears(customer, [], []);
      assertHears(agent, [2_200], []);
      coach.digit = '4';
      meet.run(100);
      assert.deepEqual([customer.digits.length, new Set(agent.digits)], [0, new Set(['4'])]);
    });

    test('lets two coaches of one audience hear each other only when their group is in it', () => {
      const meet = meeting();
      const [customer, a, b] = [meet.join(500), meet.join(900), meet.join(1_500)];
      for (const { id } of [a, b])
        meet.room.setHearing(id, { group: 5, audience: (1 << AGENTS) | (1 << 5), whisperTo: undefined });
      meet.settled();
      assertHears(customer, [], []);
      assertHears(a, [500, 1_500], [900]);
      for (const { id } of [a, b]) meet.room.setHearing(id, coaching);
      meet.settled();
      assertHears(b, [500], [900, 1_500]);
    });
  });

  test('in which one whispers to another gives it to that one alone', () => {
    const meet = meeting();
    const [a, b, c, d] = [meet.join(500), meet.join(900, 'G722'), meet.join(1_500), meet.join(2_200)];
    meet.room.setHearing(c.id, { group: 0, audience: 0, whisperTo: b.id });
    meet.settled();
    assertHears(a, [900, 2_200], [500, 1_500]);
    assertHears(b, [500, 1_500, 2_200], [900]);
    assertHears(c, [500, 900, 2_200], [1_500]);
    meet.room.setHearing(d.id, { group: 0, audience: 0, whisperTo: b.id });
    b.hz = 0;
    meet.settled();
    assertHears(a, [], []);
    assertHears(b, [500, 1_500, 2_200], []);
    meet.room.leave(b.id);
    meet.settled();
    assertHears(a, [], []);
  });

  test('raises and lowers by gain, and holds what does not fit at the limits', () => {
    const meet = meeting();
    const listener = meet.join(0);
    meet.join(500, 'PCMU', { gain: 0.5 });
    meet.settled();
    assert.ok(Math.abs(rms(listener.heard()) - (0.5 * PEAK) / Math.SQRT2) < 20);
    for (let many = 0; many < 6; many++) meet.join(500, 'PCMU', { gain: 4 });
    meet.settled();
    const loud = listener.heard();
    const steps = [...loud].map((sample, at) => Math.abs(sample - (loud[at - 1] ?? sample)));
    assert.ok(rms(loud) > 25_000);
    assert.ok(Math.max(...steps) < 60_000, 'no sample jumps from one limit to the other');
  });

  test('mixes nothing of members that are silent', () => {
    const meet = meeting();
    const [a, b] = [meet.join(0), meet.join(0)];
    meet.settled();
    assertHears(a, [], []);
    assertHears(b, [], []);
    b.hz = 900;
    meet.settled();
    assertHears(a, [900], []);
  });

  test('tells who begins and stops to speak, and not of short pauses', () => {
    const meet = meeting();
    const a = meet.join(500);
    meet.run(200);
    assert.deepEqual(a.told, [true]);
    a.hz = 0;
    meet.run(400);
    a.hz = 500;
    meet.run(200);
    assert.deepEqual(a.told, [true]);
    a.hz = 0;
    meet.run(1_000);
    assert.deepEqual(a.told, [true, false]);
    a.hz = 500;
    meet.run(200);
    a.seat.set({ ...PLAIN, muted: true });
    assert.deepEqual(a.told, [true, false, true, false]);
    a.seat.set(PLAIN);
    meet.run(200);
    a.held = true;
    meet.run(1_000);
    assert.deepEqual(a.told, [true, false, true, false, true, false], 'a held leg has stopped to speak');
  });

  test('passes keys to the others, unless the member does not relay them', () => {
    const meet = meeting();
    const [a, b, c] = [meet.join(0), meet.join(0, 'PCMU', { relayDigits: false }), meet.join(0)];
    a.digit = '5';
    meet.run(100);
    a.digit = '';
    b.digit = '7';
    meet.run(100);
    assert.deepEqual([a.digits.length, new Set(b.digits), new Set(c.digits)], [0, new Set(['5']), new Set(['5'])]);
  });

  test('passes one key as one when its frames come late, and lets it go when they do not come at all', () => {
    const meet = meeting();
    const [a, b] = [meet.join(0), meet.join(0)];
    meet.run(100);
    a.digit = '5';
    meet.run(60);
    const before = b.digits.length;
    a.held = true;
    meet.run(40);
    a.held = false;
    meet.run(40);
    assert.equal(b.digits.length - before, 4, 'no turn without the key');
    a.held = true;
    meet.run(300);
    const over = b.digits.length;
    meet.run(100);
    assert.equal(b.digits.length, over);
  });

  test('plays to all beside what they say, and says when it is over', () => {
    const meet = meeting();
    const [a, b] = [meet.join(500), meet.join(900, 'G722')];
    const pcm = sine(16_000, 2_200, 200, PEAK);
    const clip = { kind: 'clip', id: 1, sampleRate: 16_000, pcm } as const;
    meet.room.play({ do: 'room-play', room: 1, play: 7, sources: [clip], loop: 0, maxMs: undefined });
    meet.settled();
    assertHears(a, [900, 2_200], [500]);
    assertHears(b, [500, 2_200], [900]);
    meet.room.stopPlay(7);
    const beep = { kind: 'tone', tone: 'beep' } as const;
    meet.room.play({
      do: 'room-play',
      room: 1,
      play: 8,
      sources: [clip, { kind: 'silence', ms: 30 }, beep],
      loop: 2,
      maxMs: undefined,
    });
    meet.run(1_200);
    assert.equal(meet.events.length, 1, '200, 40 and 400 ms, twice, are not over yet');
    meet.run(80);
    meet.room.play({ do: 'room-play', room: 1, play: 9, sources: [clip], loop: 0, maxMs: 100 });
    meet.run(200);
    meet.room.play({ do: 'room-play', room: 1, play: 10, sources: [], loop: 1, maxMs: undefined });
    meet.room.play({ do: 'room-play', room: 1, play: 11, sources: [clip], loop: 1, maxMs: undefined });
    meet.room.close();
    assert.deepEqual(
      meet.events.map((event) => (event.is === 'room-play-ended' ? [event.play, event.end] : event)),
      [
        [7, 'stopped'],
        [8, 'completed'],
        [9, 'completed'],
        [10, 'completed'],
        [11, 'closed'],
      ],
    );
  });

  test('of 200 members, three of them speaking, takes a small part of its 20 ms, a coach among them too', () => {
    const meet = meeting();
    for (let index = 0; index < 200; index++) meet.join(index < 3 ? 500 + index * 400 : 0, index % 2 === 0 ? 'PCMU' : 'G722');
    for (let id = 100; id < 200; id++) meet.room.setHearing(id, { ...OPEN, group: id % 32 });
    meet.room.setHearing(2, { group: 0, audience: 0x0fff_fff0, whisperTo: undefined });
    meet.run(400);
    const [quickest = 20] = meet.mixedInMs.slice(-10).sort((a, b) => a - b);
    // The quickest: others may use the processor meanwhile. Far more than it needs, far less than a turn.
    assert.ok(quickest < 10, `${quickest} ms`);
  });
});
