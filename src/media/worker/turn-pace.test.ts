import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SLOTS, SlotWheel, type Ticked, TURN_MS } from './slot-wheel.ts';
import { TurnPace } from './turn-pace.ts';

class Leg implements Ticked {
  readonly pace = new TurnPace();
  readonly turns: { readonly dueMs: number; readonly skipped: number }[] = [];
  takeIn(_turn: number, dueMs: number): void {
    if (this.pace.begin(dueMs)) this.turns.push({ dueMs, skipped: this.pace.skipped });
  }
  send(): void {}
}

const legOnWheel = (slot: number) => {
  const wheel = new SlotWheel<Leg>((_leg, error) => {
    throw error;
  });
  wheel.start(0);
  const leg = new Leg();
  wheel.advance((slot * TURN_MS) / SLOTS - 1);
  wheel.add(leg, undefined);
  return { wheel, leg };
};

describe('turns of a leg', () => {
  it('are all there when its slot is shifted, from any slot by any number: one is shorter or longer, none is missed or doubled', () => {
    for (let slot = 0; slot < SLOTS; slot++) {
      for (const shift of [-4, -2, 0, 2, 4]) {
        const { wheel, leg } = legOnWheel(slot);
        for (let now = 20; now < 200; now += 1) wheel.advance(now);
        wheel.shift(leg, shift);
        for (let now = 200; now < 400; now += 1) wheel.advance(now);
        const gaps = leg.turns.slice(1).map(({ dueMs }, index) => dueMs - (leg.turns[index]?.dueMs ?? 0));
        const odd = gaps.filter((gap) => gap !== TURN_MS);
        const moved = TURN_MS + (shift * TURN_MS) / SLOTS;
        // Where the earlier slot of this turn is over already the next is that of the turn after.
        const [gap, ...more] = odd;
        assert.ok(
          shift === 0 ? gap === undefined : gap === moved || (shift < 0 && gap === moved + TURN_MS),
          `${slot} ${shift} ${gap}`,
        );
        assert.equal(more.length, 0);
        assert.ok(leg.turns.every(({ skipped }) => skipped === 0));
      }
    }
  });

  it('tell how many a stall has left out', () => {
    const { wheel, leg } = legOnWheel(2);
    wheel.advance(45);
    wheel.advance(1_045);
    const left = leg.turns.reduce((sum, { skipped }) => sum + skipped, 0);
    const first = leg.turns[0]?.dueMs ?? 0;
    assert.equal(leg.turns.length + left, ((leg.turns.at(-1)?.dueMs ?? 0) - first) / TURN_MS + 1);
    assert.ok(left > 40);
  });
});
