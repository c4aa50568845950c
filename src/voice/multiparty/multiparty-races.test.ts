import assert from 'node:assert/strict';
import { test } from 'node:test';
import { dialTo, PARTY, partyControlRig } from '../../../testkit/multiparty-rig.ts';
import { post, speak } from '../../../testkit/voice-elements.ts';
import { Problem } from '../../errors/catalogue.ts';
import { hangupCause } from '../hangup-cause.ts';
import { participantRoles } from './multiparty-plan.ts';

const WHICH = { by: 'name', name: PARTY } as const;
const CALLER_LEAVES = hangupCause(4000, 'Caller');

/** A small generator (mulberry32), so that a seed names one course of events. */
function chance(seed: number) {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
  return {
    below: (bound: number) => Math.floor(next() * bound),
    odds: (share: number) => next() < share,
    of: <Item>(items: readonly Item[]): Item | undefined => items[Math.floor(next() * items.length)],
  };
}

/** Requests that come too late are told so; nothing else may go wrong. */
const tooLate = (error: unknown) => {
  if (!(error instanceof Problem)) throw error;
};

async function course(seed: number): Promise<void> {
  const random = chance(seed);
  const { rig, scope, enter, control, all, recordings, notices, end } = partyControlRig((rig) => {
    rig.sounds.set('http://files.example/a.mp3', 700);
    rig.application.answers('http://app.example/exit', [speak('bye')]);
    rig.application.answers('http://app.example/other', [speak('elsewhere')]);
    rig.application.delays('http://app.example/exit', 30);
  });
  const callback = post('http://app.example/rec');
  const record = { format: 'mp3', callback, transcription: undefined } as const;
  const someone = () => random.of(all()[0]?.participants ?? [])?.id ?? '1';
  const change = () => (random.odds(0.3) ? random.odds(0.5) : undefined);
  const steps: readonly (() => Promise<unknown>)[] = [
    () =>
      enter(
        random.of(participantRoles) ?? 'agent',
        {
          startOnEnter: random.odds(0.7),
          endOnExit: random.odds(0.1),
          stayAlone: random.odds(0.6),
          hold: random.odds(0.2),
          mute: random.odds(0.2),
          recordTrack: random.odds(0.2),
          enterSound: { kind: 'beeps', count: 1 },
          exitSound: { kind: 'document', target: post('http://app.example/other') },
          onExit: random.odds(0.3) ? post('http://app.example/exit') : undefined,
          waitTimeMs: random.odds(0.1) ? 400 : undefined,
        },
        { maxParticipants: 5, record: random.odds(0.3), recordingCallback: callback, waitForAgent: random.odds(0.1) },
      ),
    () => {
      const to = ['14155550101', '14155550102', '14155550103'].slice(0, 1 + random.below(3));
      const invite = { confirmKey: random.odds(0.3) ? '1' : undefined, dialMusic: { kind: 'real' } } as const;
      return control.add(scope, WHICH, dialTo(to, 'agent', invite, { stayAlone: random.odds(0.5) }, { maxParticipants: 5 }));
    },
    async () => {
      const call = random.of([...rig.live])?.call;
      if (call) await control.add(scope, WHICH, { ...dialTo([]), invite: { kind: 'transfer', callId: call.id } });
    },
    async () => {
      const leg = random.of(rig.dialled)?.leg;
      if (!leg || leg.hungUpWith) return;
      const what = random.below(5);
      if (what === 0) leg.rings();
      else if (what === 1) leg.sendsEarlyAudio();
      else if (what === 2) leg.refuses(486);
      else leg.answers();
    },
    async () => random.of(rig.dialled)?.leg.media?.press('1'),
    async () => random.of([...rig.live])?.call.hangUp(CALLER_LEAVES),
    async () => random.of([...rig.live])?.flow?.transfer(post('http://app.example/other')),
    () =>
      control.update(scope, WHICH, [someone()], { mute: change(), hold: change(), coach: change(), silently: random.odds(0.5) }),
    () => control.kick(scope, WHICH, random.odds(0.1) ? 'all' : [someone()]),
    () => control.startRecording(scope, WHICH, record),
    () => control.pauseRecording(scope, WHICH),
    () => control.resumeRecording(scope, WHICH),
    () => control.stopRecording(scope, WHICH),
    () => control.startParticipantRecording(scope, WHICH, someone(), { ...record, track: 'both' }),
    () => control.stopParticipantRecording(scope, WHICH, someone(), 'all'),
    () => control.play(scope, WHICH, random.odds(0.5) ? 'all' : [someone()], 'http://files.example/a.mp3'),
    () => control.activate(scope, WHICH),
    async () => {
      if (random.odds(0.2)) await control.end(scope, WHICH);
    },
    async () => {
      rig.multiParties.fault = random.odds(0.2) ? 'the database is away' : undefined;
    },
  ];
  for (let count = 0; count < 60; count++) {
    // Not waited for: what they ask for runs into what happens meanwhile.
    random.of(steps)?.().catch(tooLate);
    if (random.odds(0.6)) await rig.clock.advance(random.below(300));
  }
  rig.multiParties.fault = undefined;
  for (const { call } of [...rig.live]) call.hangUp(CALLER_LEAVES);
  await rig.clock.advance(200_000);
  assert.deepEqual([all().length, rig.live.size], [0, 0]);
  await end();
  for (const { record } of rig.multiParties.kept.values()) assert.equal(record.state, 'ended');
  for (const stay of rig.multiParties.stays.values()) assert.ok(stay.exit, 'every participant has left');
  const begun = recordings().filter(({ event }) => event === 'initiated').length;
  const over = recordings().filter(({ event }) => event === 'completed' || event === 'failed').length;
  assert.equal(over, begun, 'every recording is told to its end');
  for (const id of rig.multiParties.kept.keys()) {
    const of = notices().filter(({ multiParty }) => multiParty.id === id);
    assert.equal(of.at(0)?.event, 'initialized');
    assert.equal(of.at(-1)?.event, 'ended');
    assert.equal(of.filter(({ event }) => event === 'joined').length, of.filter(({ event }) => event === 'exited').length);
    assert.equal(of.filter(({ event }) => event === 'ended').length, 1);
  }
}

test('whatever happens in whatever order, nothing is left behind, and every beginning is told its end', async () => {
  for (let seed = 1; seed <= 150; seed++) {
    await course(seed).catch((error: unknown) => {
      throw new Error(`seed ${seed}: ${error instanceof Error ? error.stack : String(error)}`);
    });
  }
});
