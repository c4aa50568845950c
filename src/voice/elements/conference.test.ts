import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ANSWER, conference, play, post, speak, waitFor } from '../../../testkit/voice-elements.ts';
import { createVoiceRig, type VoiceRig } from '../../../testkit/voice-rig.ts';
import type { ConferenceElement, VoiceElement } from '../document.ts';
import { hangupCause } from '../hangup-cause.ts';

const ROOM = 'standup room';
const LEFT = 'http://app.example/left';

/** Calls that one after another enter the same conference. */
function meeting(prepare: (rig: VoiceRig) => void = () => undefined) {
  const rig = createVoiceRig();
  rig.application.answers(LEFT, []);
  prepare(rig);
  let count = 0;
  const enter = async (more: Partial<ConferenceElement> = {}, then: readonly VoiceElement[] = []) => {
    const answer = post(`${ANSWER.url}/${++count}`);
    rig.application.answers(answer.url, [conference(ROOM, more), ...then]);
    const started = rig.startCall('inbound');
    void started.flow.run({ kind: 'answer', answer, fallback: undefined });
    await rig.clock.advance(10);
    return started;
  };
  const rooms = () => rig.services.conferences.within('MAVOICERIGACCOUNT001', undefined);
  return {
    rig,
    enter,
    rooms,
    room: () => rooms()[0],
    mixed: () => [...rig.media.rooms][0],
    /** Action and member of what the callbacks were told. */
    told: () =>
      rig.application.notifications.flatMap((each) => (each.kind === 'conference' ? [`${each.action} ${each.memberId}`] : [])),
    notices: () => rig.application.notifications.flatMap((each) => (each.kind === 'conference' ? [each] : [])),
    results: () => rig.application.requestsTo(LEFT).map(({ result }) => result),
    end: async () => {
      await rig.assertClean();
      assert.equal(rig.services.conferences.size, 0, 'conferences that are left');
      assert.equal(rig.media.rooms.size, 0);
    },
  };
}

describe('Conference', () => {
  test('brings calls together, tells of entry and exit, and its action of the result', async () => {
    const { rig, enter, room, mixed, told, notices, results, end } = meeting();
    const a = await enter();
    const b = await enter({ muted: true });
    assert.deepEqual(
      [...(mixed()?.members ?? [])].map(({ leg, muted }) => [leg, muted]),
      [
        [a.leg.media, false],
        [b.leg.media, true],
      ],
    );
    assert.deepEqual(told(), ['enter 1', 'enter 2']);
    const id = room()?.id;
    assert.ok(id !== undefined);
    assert.deepEqual([a.call.origin.conferenceId, b.call.origin.conferenceId], [id, id], 'for their records');
    b.leg.leaves(hangupCause(4000, 'Caller'));
    await rig.clock.advance(10);
    assert.equal(mixed()?.members.length, 1);
    a.leg.leaves(hangupCause(4000, 'Caller'));
    await rig.clock.advance(10);
    assert.deepEqual(told(), ['enter 1', 'enter 2', 'exit 2', 'exit 1']);
    assert.deepEqual(
      notices().map(({ isFirst, isLast, conference: { name } }) => [isFirst, isLast, name]),
      [
        [true, undefined, ROOM],
        [false, undefined, ROOM],
        [undefined, false, ROOM],
        [undefined, true, ROOM],
      ],
    );
    assert.deepEqual(results(), [
      { element: 'Conference', conference: { id, name: ROOM }, memberId: '2', recording: undefined },
      { element: 'Conference', conference: { id, name: ROOM }, memberId: '1', recording: undefined },
    ]);
    await end();
  });

  test('waits for somebody who may start it, with the wait sound over and over', async () => {
    const hold = 'http://app.example/hold';
    const { rig, enter, room, mixed, end } = meeting((rig) => {
      rig.application.answers(hold, [speak('wait'), waitFor(1)]);
    });
    const a = await enter({ startOnEnter: false, waitSound: hold });
    assert.deepEqual([room()?.started, mixed()?.members.length], [false, 0]);
    await rig.clock.advance(2_500);
    assert.equal(a.leg.media?.heard.length, 3);
    const asked = rig.application.requestsTo(hold);
    assert.deepEqual(
      asked.map(({ conference }) => conference),
      [{ sound: 'wait', conference: { id: room()?.id, name: ROOM } }],
    );
    const b = await enter({ startOnEnter: false });
    assert.equal(mixed()?.members.length, 0);
    await enter();
    assert.deepEqual([room()?.started, mixed()?.members.length], [true, 3]);
    assert.equal(a.leg.media?.isPlaying, false);
    const heard = a.leg.media?.heard.length;
    await rig.clock.advance(5_000);
    assert.equal(a.leg.media?.heard.length, heard, 'the wait sound is over');
    b.leg.leaves(hangupCause(4000, 'Caller'));
    await end();
  });

  test('a wait sound that cannot be had is silence, and is not asked for again', async () => {
    const { rig, enter, end } = meeting((rig) => {
      rig.application.answers('http://app.example/broken', [play('http://app.example/none.mp3')]);
    });
    await enter({ startOnEnter: false, waitSound: 'http://app.example/nobody' });
    await enter({ startOnEnter: false, waitSound: 'http://app.example/broken' });
    await rig.clock.advance(60_000);
    for (const name of ['nobody', 'broken']) assert.equal(rig.application.requestsTo(`http://app.example/${name}`).length, 1);
    assert.ok(rig.steps.some(({ event, detail }) => event === 'sound_skipped' && detail.element === 'Conference'));
    await end();
  });

  test('ends for all when a member leaves who ends it, and each goes on with its action', async () => {
    const { rig, enter, rooms, told, results, end } = meeting();
    await enter();
    const host = await enter({ endOnExit: true });
    await enter({ redirect: false }, [speak('goodbye', 0)]);
    host.leg.leaves(hangupCause(4000, 'Caller'));
    await rig.clock.advance(10);
    assert.deepEqual(told().slice(3), ['exit 2', 'exit 1', 'exit 3']);
    assert.equal(results().length, 3);
    assert.equal(rooms().length, 0);
    assert.equal(rig.live.size, 1, 'the one whose action does not redirect hears its next element');
    await end();
  });

  test('one who does not stay alone leaves when the others have left', async () => {
    const { rig, enter, rooms, told, end } = meeting();
    await enter({ stayAlone: false });
    assert.equal(rooms().length, 1, 'being the first is not being left alone');
    const b = await enter();
    b.leg.leaves(hangupCause(4000, 'Caller'));
    await rig.clock.advance(10);
    assert.deepEqual(told().slice(2), ['exit 2', 'exit 1']);
    assert.equal(rooms().length, 0);
    await end();
  });

  test('is over when its time is', async () => {
    const { rig, enter, rooms, end } = meeting();
    await enter({ timeLimitMs: 60_000 });
    await enter();
    await rig.clock.advance(59_000);
    assert.equal(rooms().length, 1);
    await rig.clock.advance(1_000);
    assert.equal(rooms().length, 0);
    await end();
  });

  test('is passed over when it is full', async () => {
    const { rig, enter, room, end } = meeting();
    await enter();
    await enter();
    const third = await enter({ maxMembers: 2 }, [speak('full', 0)]);
    assert.equal(room()?.members.length, 2);
    assert.equal(third.leg.media?.isPlaying, true);
    assert.equal(rig.steps.filter(({ event }) => event === 'conference_full').length, 1);
    await end();
  });

  test('is left by the star key, and digits that match are told', async () => {
    const { rig, enter, told, notices, end } = meeting();
    const a = await enter({ hangupOnStar: true, digitsMatch: ['12', '9'] });
    await enter();
    a.leg.media?.press('412');
    assert.equal(notices().at(-1)?.digitsMatch, '12');
    a.leg.media?.press('*');
    await rig.clock.advance(10);
    assert.deepEqual(told(), ['enter 1', 'enter 2', 'digits 1', 'exit 1']);
    await end();
  });

  test('lets keys be heard or not, and tells who takes the floor if that is asked for', async () => {
    const { enter, mixed, told, end } = meeting();
    await enter({ floorEvent: true, relayDtmf: false });
    await enter();
    const [a, b] = mixed()?.members ?? [];
    assert.deepEqual([a?.relayDigits, b?.relayDigits], [false, true]);
    b?.speaks(true);
    a?.speaks(true);
    a?.speaks(false);
    assert.deepEqual(told().slice(2), ['floor 1']);
    await end();
  });

  test('plays the sounds of entry and exit to all, beeps or a document', async () => {
    const { rig, enter, room, mixed, end } = meeting((rig) => {
      rig.application.answers('http://app.example/welcome', [speak('hi'), waitFor(1), play('http://app.example/none.mp3')]);
    });
    await enter({ enterSound: 'beep:1' });
    await rig.clock.advance(1_000);
    const b = await enter({ enterSound: 'http://app.example/welcome', exitSound: 'beep:2' });
    await rig.clock.advance(5_000);
    b.leg.leaves(hangupCause(4000, 'Caller'));
    await rig.clock.advance(10);
    const kinds = mixed()?.sound.heard.map(({ sources }) => sources.map(({ kind }) => kind).join(' '));
    assert.deepEqual(kinds, ['tone', 'clip silence', 'tone silence tone']);
    assert.deepEqual(
      rig.application.requestsTo('http://app.example/welcome').map(({ conference }) => conference),
      [{ sound: 'enter', conference: { id: room()?.id, name: ROOM }, memberId: '2' }],
    );
    await end();
  });

  test('is recorded once, told in the action and, when it begins and when the file is there, to the callback', async () => {
    const { rig, enter, notices, results, end } = meeting();
    const a = await enter({ startOnEnter: false, record: 'wav' });
    await rig.clock.advance(1_000);
    assert.equal(rig.recorded.length, 0);
    const b = await enter({ record: 'mp3' });
    const begun = notices().at(-1);
    await rig.clock.advance(4_000);
    a.leg.leaves(hangupCause(4000, 'Caller'));
    b.leg.leaves(hangupCause(4000, 'Caller'));
    await rig.clock.advance(10);
    const [recordingId] = rig.recorded;
    assert.equal(rig.recorded.length, 1);
    const told = rig.recordingNotifications[0];
    assert.ok(told?.kind === 'conference' && told.action === 'record');
    assert.equal(told.recording?.recordingId, recordingId);
    assert.ok((told.recording?.durationMs ?? 0) >= 4_000);
    assert.deepEqual(
      [begun?.action, begun?.memberId, begun?.recording],
      ['record', '1', { recordingId, url: told.recording?.url, durationMs: -1, startedAt: -1, endedAt: -1 }],
    );
    assert.equal(notices().length, 5, 'two enter, it is recorded, two leave');
    for (const result of results()) {
      assert.ok(result?.element === 'Conference');
      assert.equal(result.recording?.recordingId, recordingId);
    }
    await end();
  });

  test('storage that takes no recording does not end it', async () => {
    const { rig, enter, room, end } = meeting((rig) => {
      rig.faults.recordings = 'the database is away';
    });
    await enter({ record: 'mp3' });
    assert.equal(room()?.members.length, 1);
    assert.ok(rig.steps.some(({ event }) => event === 'recording_failed'));
    await end();
  });

  test('a transfer takes a member away without an action', async () => {
    const { rig, enter, told, results, end } = meeting();
    const a = await enter({ enterSound: 'http://app.example/slow' });
    await enter();
    rig.application.answers('http://app.example/other', [speak('elsewhere', 0)]);
    a.flow.transfer(post('http://app.example/other'));
    await rig.clock.advance(10);
    assert.deepEqual(told().slice(2), ['exit 1']);
    assert.deepEqual([results().length, a.leg.media?.isPlaying], [0, true]);
    await end();
  });

  test('a kicked member goes on with the next element', async () => {
    const { rig, enter, room, told, results, end } = meeting();
    const a = await enter({}, [speak('next', 0)]);
    await enter();
    room()?.members[0]?.leave('kicked');
    await rig.clock.advance(10);
    assert.deepEqual(told().slice(2), ['exit 1']);
    assert.deepEqual([results().length, a.leg.media?.isPlaying], [0, true]);
    await end();
  });

  test('leaving in every state leaves nothing behind', async () => {
    const waiting = meeting();
    const first = await waiting.enter({ startOnEnter: false, waitSound: 'http://app.example/slow' });
    first.leg.leaves(hangupCause(4000, 'Caller'));
    await waiting.rig.clock.advance(10);
    await waiting.end();
    const failing = meeting();
    const second = await failing.enter({ record: 'mp3', enterSound: 'beep:2' });
    await second.leg.media?.fail();
    await failing.rig.clock.advance(10);
    await failing.end();
  });
});
