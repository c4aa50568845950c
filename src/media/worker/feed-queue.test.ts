import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { sine, toneShare } from '../../../testkit/audio.ts';
import { FIRST_MARGIN_MS, MAX_MARGIN_MS, PAUSE_MS } from './feed-pace.ts';
import { FEED_TICKS_PER_MS, FeedQueue } from './feed-queue.ts';

const RATE = 8_000;
const TURN_MS = 20;

/** A feed that is read every 20 ms, and an application that sends at the moments the test wants. Samples tell their own number. */
class Rig {
  nowMs = 0;
  readonly queued = new SharedArrayBuffer(4);
  readonly feed = new FeedQueue(1, this.queued, (mark, played) => this.told.push([mark, played]));
  readonly told: [number, boolean][] = [];
  readonly heard: (number[] | undefined)[] = [];
  #sent = 0;
  #due: { atMs: number; ms: number }[] = [];

  get waitingMs(): number {
    return Atomics.load(new Int32Array(this.queued), 0) / FEED_TICKS_PER_MS;
  }

  /** Sends `ms` of audio at once. */
  push(ms: number): void {
    const pcm = Int16Array.from({ length: ms * 8 }, (_, at) => Math.floor((this.#sent + at) / 8) % 20_000);
    this.#sent += pcm.length;
    Atomics.add(new Int32Array(this.queued), 0, ms * FEED_TICKS_PER_MS);
    this.feed.push(pcm, RATE, this.nowMs);
  }

  /** For `ms`, pieces of `pieceMs` that leave in real time and arrive `lateMs` later, in order. */
  stream(ms: number, lateMs: (sinceMs: number) => number = () => 2, pieceMs = TURN_MS): void {
    const from = this.nowMs;
    for (let at = 0; at < ms; at += pieceMs) this.#due.push({ atMs: from + at + lateMs(at), ms: pieceMs });
    this.pass(ms);
  }

  pass(ms: number): void {
    for (const until = this.nowMs + ms; this.nowMs < until; ) {
      const turn = this.nowMs + TURN_MS;
      while (this.#due[0] && this.#due[0].atMs < turn) {
        const piece = this.#due.shift();
        this.nowMs = Math.max(this.nowMs, piece?.atMs ?? 0);
        this.push(piece?.ms ?? 0);
      }
      this.nowMs = turn;
      const frame = this.feed.read(RATE, this.nowMs);
      this.heard.push(frame && [...frame]);
    }
  }

  /** Turns of the last so many in which there was nothing to be heard. */
  gaps(turns: number): number {
    return this.heard.slice(-turns).filter((frame) => frame === undefined).length;
  }

  /** Milliseconds of audio heard so far, and whether each followed the one before it. */
  get whole(): { readonly ms: number; readonly unbroken: boolean } {
    const frames = this.heard.filter((frame) => frame !== undefined);
    const numbers = frames.map((frame) => frame[0] ?? 0);
    const unbroken = numbers.every((first, index) => index === 0 || first === (numbers[index - 1] ?? 0) + TURN_MS);
    return { ms: frames.length * TURN_MS, unbroken };
  }
}

describe('feed', () => {
  it('sounds in the next turn when its audio came half a turn before it', () => {
    const rig = new Rig();
    rig.stream(1_000);
    assert.equal(rig.gaps(50), 0);
    assert.equal(rig.waitingMs, 0);
  });

  it('holds back for a turn what came just before one', () => {
    const rig = new Rig();
    rig.stream(1_000, () => TURN_MS - FIRST_MARGIN_MS / 2);
    assert.equal(rig.gaps(50), 1);
    assert.equal(rig.waitingMs, TURN_MS);
  });

  it('does not stutter with an application that is up to half a turn late', () => {
    const rig = new Rig();
    rig.stream(5_000, (at) => 5 + (at % 100) / 10);
    assert.equal(rig.gaps(240), 0);
  });

  it('holds back more once its application was later than that, and then does not stutter either', () => {
    const rig = new Rig();
    const uneven = (at: number) => 2 + (at % 300 === 0 ? 50 : 0);
    rig.stream(2_000, uneven);
    assert.ok(rig.gaps(100) > 0);
    rig.stream(5_000, uneven);
    assert.equal(rig.gaps(240), 0);
    assert.ok(rig.waitingMs <= MAX_MARGIN_MS + TURN_MS, `${rig.waitingMs} ms`);
  });

  it('has forgotten a single lateness after some seconds', () => {
    const rig = new Rig();
    rig.stream(3_000);
    rig.stream(4_000, (at) => 2 + (at === 0 ? 60 : 0));
    assert.equal(rig.waitingMs, 0);
    assert.equal(rig.gaps(50), 0);
  });

  it('takes a start that halts several times for one lateness', () => {
    const rig = new Rig();
    rig.stream(3_000);
    rig.stream(5_500, (at) => 2 + (at === 0 || at === 600 || at === 1_400 ? 30 : 0));
    assert.equal(rig.waitingMs, 0);
    assert.equal(rig.gaps(50), 0);
  });

  it('remembers lateness that comes again after some seconds for longer', () => {
    const rig = new Rig();
    rig.stream(3_000);
    rig.stream(9_000, (at) => 2 + (at === 0 || at === 5_000 ? 60 : 0));
    assert.ok(rig.waitingMs >= TURN_MS, `${rig.waitingMs} ms`);
  });

  for (const stallMs of [100, 300, 800]) {
    it(`has caught up some seconds after a stall of ${stallMs} ms`, () => {
      const rig = new Rig();
      rig.stream(3_000);
      rig.stream(8_000 + 10 * stallMs, (at) => 2 + Math.max(0, stallMs - at));
      assert.ok(rig.waitingMs <= 2 * TURN_MS, `${rig.waitingMs} ms wait`);
      assert.equal(rig.gaps(100), 0);
    });
  }

  it('catches up by fading over: a tone stays a tone', () => {
    const rig = new Rig();
    const tone = sine(RATE, 500, TURN_MS);
    const heard: number[] = [];
    const turn = (pieces: number) => {
      for (let piece = 0; piece < pieces; piece++) {
        Atomics.add(new Int32Array(rig.queued), 0, TURN_MS * FEED_TICKS_PER_MS);
        rig.feed.push(tone, RATE, rig.nowMs + 2);
      }
      rig.nowMs += TURN_MS;
      heard.push(...(rig.feed.read(RATE, rig.nowMs) ?? []));
    };
    for (let turns = 0; turns < 50; turns++) turn(1);
    for (let turns = 0; turns < 10; turns++) turn(0);
    turn(11);
    const from = heard.length;
    for (let turns = 0; turns < 250; turns++) turn(1);
    assert.ok(rig.waitingMs <= 2 * TURN_MS, `${rig.waitingMs} ms wait`);
    assert.ok(toneShare(Int16Array.from(heard.slice(from)), RATE, 500) > 0.97);
  });

  it('plays whole what was sent at once', () => {
    const rig = new Rig();
    rig.push(8_000);
    rig.pass(9_000);
    assert.deepEqual(rig.whole, { ms: 8_000, unbroken: true });
  });

  it('plays whole what comes in pieces faster than real time', () => {
    const rig = new Rig();
    for (let piece = 0; piece < 200; piece++) {
      rig.push(TURN_MS);
      if (piece % 4 === 0) rig.pass(TURN_MS);
    }
    rig.pass(5_000);
    assert.deepEqual(rig.whole, { ms: 4_000, unbroken: true });
  });

  it('leaves an application its lead when it keeps one', () => {
    const rig = new Rig();
    for (let utterance = 0; utterance < 3; utterance++) {
      rig.push(500);
      rig.push(TURN_MS);
      rig.stream(4_000);
      assert.ok(rig.waitingMs >= 480, `${rig.waitingMs} ms wait`);
      rig.pass(PAUSE_MS / 2 + 600);
    }
    assert.equal(rig.whole.ms, 3 * 4_520);
  });

  it('plays whole each of several utterances that are sent at once, whatever lies between them', () => {
    for (const betweenMs of [100, 400, 900, 3_000]) {
      const rig = new Rig();
      for (const ms of [1_000, 400, 1_200]) {
        rig.push(ms);
        rig.pass(ms + betweenMs);
      }
      assert.deepEqual(rig.whole, { ms: 2_600, unbroken: true }, `${betweenMs} ms`);
    }
  });

  it('tells marks when all before them was heard, and never after it was cleared', () => {
    const rig = new Rig();
    rig.push(100);
    rig.feed.mark(1);
    rig.push(100);
    rig.feed.mark(2);
    rig.pass(140);
    assert.deepEqual(rig.told, [[1, true]]);
    rig.feed.clear();
    assert.deepEqual(rig.told, [
      [1, true],
      [2, false],
    ]);
    assert.equal(rig.waitingMs, 0);
  });
});
