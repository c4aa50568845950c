import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sine } from '../../../testkit/audio.ts';
import { codecByName } from '../codecs/registry.ts';
import { AudioFrame } from './audio-frame.ts';
import { allocateFrameRing } from './frame-ring.ts';
import { BRIDGE_RING_BYTES, BRIDGE_RING_SLOTS, RemotePartner } from './partner.ts';
import { RoomSeat } from './room-seat.ts';

const FAR_END = sine(8_000, 500, 20, 8_000);
const APPLICATION = sine(8_000, 900, 20, 6_000);
const TURNS = 40;

/** A seat whose leg has another voice while it is open, and the room behind it. */
function seated(muted = false) {
  const toRoom = allocateFrameRing(BRIDGE_RING_SLOTS, BRIDGE_RING_BYTES);
  const fromRoom = allocateFrameRing(BRIDGE_RING_SLOTS, BRIDGE_RING_BYTES);
  const voice = {
    isOpen: true,
    saysNothing: false,
    reads: 0,
    read: () => {
      voice.reads++;
      return voice.saysNothing ? undefined : APPLICATION;
    },
  };
  const told: boolean[] = [];
  const settings = { muted, deaf: false, gain: 1, relayDigits: true };
  const seat = new RoomSeat({ toPartner: toRoom, fromPartner: fromRoom }, true, settings, (on) => told.push(on), voice);
  const room = new RemotePartner({ toPartner: fromRoom, fromPartner: toRoom }, 1);
  const frame = new AudioFrame();
  frame.codec = codecByName('PCMU');
  /** One turn of the leg; what the room gets of it. */
  const turn = (receives = true, digit = '') => {
    if (receives) {
      frame.clear();
      frame.digit = digit;
      frame.pcm.set(FAR_END);
      frame.hasPcm = true;
      seat.publish(frame);
    }
    seat.take();
    const said = room.take();
    return { pcm: said?.hasPcm ? [...said.pcm] : undefined, digit: said?.digit };
  };
  return { seat, voice, told, frame, turn };
}

test('an open voice is what the room gets, and what the leg is recorded with; its keys are its own', () => {
  const { voice, told, frame, turn } = seated();
  for (let count = 0; count < TURNS; count++) turn();
  assert.deepEqual(turn().pcm, [...APPLICATION]);
  assert.deepEqual([...frame.pcm], [...APPLICATION]);
  assert.equal(turn(true, '5').digit, '5');
  assert.deepEqual(told, [true]);
  voice.saysNothing = true;
  for (let count = 0; count < TURNS; count++) turn();
  assert.deepEqual([turn().pcm, told], [undefined, [true, false]]);
  assert.ok(
    frame.pcm.every((sample) => sample === 0),
    'the far end is not heard behind it',
  );
  voice.isOpen = false;
  for (let count = 0; count < TURNS; count++) turn();
  assert.deepEqual(turn().pcm, [...FAR_END]);
});

test('a leg that takes nothing in speaks all the same, and a muted one plays in time what nobody hears', () => {
  const { turn } = seated();
  for (let count = 0; count < TURNS; count++) turn(false);
  assert.deepEqual(turn(false).pcm, [...APPLICATION]);
  const muted = seated(true);
  for (let count = 0; count < TURNS; count++) assert.equal(muted.turn().pcm, undefined);
  assert.equal(muted.voice.reads, TURNS);
});
