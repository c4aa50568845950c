import assert from 'node:assert/strict';
import { test } from 'node:test';
import { SLOTS, SlotWheel, type Ticked, TURN_MS } from './slot-wheel.ts';

class Member implements Ticked {
  readonly sent: { turn: number; dueMs: number }[] = [];
  takeIn(): void {}
  send(turn: number, dueMs: number): void {
    this.sent.push({ turn, dueMs });
  }
}

const wheelOf = (count: number) => {
  const wheel = new SlotWheel<Member>((_member, error) => {
    throw error;
  });
  wheel.start(0);
  const members = Array.from({ length: count }, () => new Member());
  for (const member of members) wheel.add(member, undefined);
  return { wheel, members };
};

test('every member is ticked once a turn, 20 ms apart, however late the wheel is driven', () => {
  const { wheel, members } = wheelOf(800);
  for (let now = 0; now < 1_000; now += 7.3) wheel.advance(now);
  for (const { sent } of members) {
    for (const [index, tick] of sent.entries()) {
      const before = sent[index - 1];
      if (before) assert.equal(tick.dueMs - before.dueMs, TURN_MS);
    }
    assert.ok(sent.length >= 49);
  }
  const slots = new Set(members.map(({ sent }) => sent[0]?.dueMs));
  assert.equal(slots.size, SLOTS, 'they are spread over the 20 ms');
});

test('after a stall two turns are made up for and the rest is left out', () => {
  const { wheel, members } = wheelOf(1);
  wheel.advance(25);
  const before = members[0]?.sent.length ?? 0;
  wheel.advance(1_025);
  const after = members[0]?.sent ?? [];
  assert.equal(after.length - before, 2);
  assert.ok((after.at(-1)?.turn ?? 0) >= 49, 'the turn tells how many were missed');
});

test('a member that throws is reported, and the others of its slot are ticked', () => {
  const faults: unknown[] = [];
  const wheel = new SlotWheel<Member>((_member, error) => faults.push(error));
  wheel.start(0);
  const broken = new Member();
  broken.send = () => {
    throw new Error('broken');
  };
  const sound = new Member();
  wheel.add(broken, undefined);
  wheel.add(sound, broken);
  wheel.advance(19);
  assert.equal(faults.length, 1);
  assert.equal(sound.sent.length, 1);
  wheel.remove(broken);
  wheel.remove(sound);
  assert.equal(wheel.size, 0);
});
