import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { ArrivalPhase, KEPT_SLOTS, PHASE_PACKETS } from './arrival-phase.ts';

const SLOT_MS = 2;

/** What is advised after packets at these milliseconds after the turn, one after the other. */
const advised = (...arrivals: number[]) => {
  const phase = new ArrivalPhase();
  let advice = 0;
  for (let packet = 0; packet < PHASE_PACKETS; packet++) advice = phase.observe(arrivals[packet % arrivals.length] ?? 0);
  return advice;
};

describe('phase of arrivals', () => {
  for (let at = 1; at < 20; at += SLOT_MS) {
    it(`of packets ${at} ms after the turn: the turn is moved to some 6 ms behind them, or is there`, () => {
      const shifted = at - SLOT_MS * advised(at);
      const waits = (20 - (((shifted % 20) + 20) % 20)) % 20;
      assert.ok(Math.abs(waits - SLOT_MS * KEPT_SLOTS) <= 3, `${waits} ms`);
    });
  }

  it('is that of the last packets of a turn when they are spread, over the turn too', () => {
    assert.equal(advised(17, 19, 1, 3), advised(3));
    assert.equal(advised(3, 5, 7), advised(7));
  });

  it('passes over stragglers', () => {
    assert.equal(advised(...Array.from({ length: 50 }, (_, index) => (index === 0 ? 15 : 3))), advised(3));
  });

  it('is none when packets come at any time', () => {
    assert.equal(advised(1, 3, 5, 7, 9, 11, 13, 15, 17, 19), 0);
  });

  it('is told once for so many packets', () => {
    const phase = new ArrivalPhase();
    const told = Array.from({ length: 2 * PHASE_PACKETS }, () => phase.observe(1)).filter((shift) => shift !== 0);
    assert.equal(told.length, 2);
  });
});
