import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { silentLog } from '../../testkit/silent-log.ts';
import { createVoiceRig, OWNER } from '../../testkit/voice-rig.ts';
import type { Call } from '../voice/call.ts';
import { hangupCause } from '../voice/hangup-cause.ts';
import { MaskedNumbers } from './masked-numbers.ts';
import type { NumberedEvent } from './masking-store.ts';
import type { Interaction, MaskingPlan, MaskingSession } from './session.ts';

/** The numbers of the calls that the rig makes. */
const FIRST = '14155550123';
const VIRTUAL = '14155550188';
const SECOND = '14155550177';
const HOUR_MS = 3_600_000;
const NORMAL = hangupCause(4000, 'Callee');

/** Code and source of the end of a call, as its record has them. */
const endOf = ({ facts }: Call) => [facts.ended?.cause.code, facts.ended?.cause.source];

interface Given extends Partial<Omit<MaskingSession, 'plan'>> {
  readonly plan?: Partial<MaskingPlan>;
}

function createMasked(...given: readonly Given[]) {
  const rig = createVoiceRig();
  rig.callerIds.add(VIRTUAL);
  const now = rig.clock.now();
  const sessions = given.map(
    ({ plan, ...more }, index): MaskingSession => ({
      sessionId: `session ${index}`,
      accountId: OWNER,
      ownerId: OWNER,
      virtualNumber: VIRTUAL,
      firstParty: FIRST,
      secondParty: SECOND,
      lastCaller: null,
      state: 'active',
      pinRequired: false,
      firstPin: null,
      secondPin: null,
      callback: undefined,
      createdAt: new Date(now),
      modifiedAt: new Date(now),
      expiresAt: new Date(now + HOUR_MS),
      ...more,
      plan: {
        sessionExpiryS: 3_600,
        callTimeLimitS: 600,
        ringTimeoutS: 30,
        callsFirstParty: false,
        record: false,
        recordFormat: 'mp3',
        generatesPin: false,
        pinLength: 4,
        pinRetries: 1,
        pinWaitS: 5,
        forcesPin: false,
        isSingleParty: false,
        cooloffS: 0,
        ...plan,
      },
    }),
  );
  const told: NumberedEvent[] = [];
  const kept: Interaction[] = [];
  const called: string[] = [];
  const numbers = new MaskedNumbers({
    clock: rig.clock,
    log: silentLog,
    store: {
      has: async (number) => number === VIRTUAL,
      forCaller: async (_, __, at) => sessions.filter(({ expiresAt }) => expiresAt > at),
      tell: async (_, event) => void told.push(event),
      tellWithin: async (_client, _sessionId, event) => {
        told.push(event);
        return () => undefined;
      },
      keepInteraction: async (_, interaction) => void kept.push(interaction),
      called: async (_, caller) => void called.push(caller),
    },
  });
  /** A call of `from` to the virtual number. */
  const callIn = async (from: string) => {
    const found = await numbers.programFor(VIRTUAL, from);
    assert.ok(found);
    assert.equal(found.ownerId, OWNER);
    const { call, leg } = rig.startCall('inbound');
    const live = rig.live.find(call.id);
    assert.ok(live);
    const over = found.program.run(live, rig.services, () => rig.ids.uuid());
    await rig.clock.advance(0);
    return { call, leg, over };
  };
  const events = () => told.map(({ event }) => event.kind);
  return { rig, numbers, callIn, told, events, kept, called };
}

describe('a call to the number of a masking session', () => {
  it('connects the parties, who see the number of the session alone', async () => {
    const { rig, callIn, told, events, kept } = createMasked({});
    const { call, leg, over } = await callIn(FIRST);
    const [dialled] = rig.dialled;
    assert.deepEqual([dialled?.request.to, dialled?.request.from, dialled?.request.callerName], [SECOND, VIRTUAL, VIRTUAL]);
    assert.ok(!leg.asked.includes('answer'));
    dialled?.leg.rings();
    dialled?.leg.answers();
    await rig.clock.advance(0);
    assert.ok(call.answered);
    assert.equal(rig.media.counts().bridges, 1);
    await rig.clock.advance(61_000);
    dialled?.leg.leaves(NORMAL);
    await rig.clock.advance(0);
    await over;
    assert.deepEqual(events().toSorted(), [
      'first-answer',
      'first-hangup',
      'parties-hangup',
      'second-answer',
      'second-hangup',
      'second-ring',
    ]);
    assert.deepEqual([events()[0], events().at(-1)], ['second-ring', 'parties-hangup']);
    assert.deepEqual([told[0]?.from, told[0]?.to], [FIRST, SECOND]);
    assert.deepEqual(endOf(call), [4000, 'Callee']);
    const last = kept.at(-1);
    assert.deepEqual([last?.firstCallId, last?.durationS, last?.billedS, last?.amountMicros], [call.id, 61, 240, 34_000]);
    assert.ok(last?.endedAt);
    await rig.assertClean();
  });

  it('ends when nobody answers in time, and when the other is busy', async () => {
    const { rig, callIn, events } = createMasked({});
    const { call, over } = await callIn(FIRST);
    rig.dialled[0]?.leg.rings();
    await rig.clock.advance(30_000);
    await over;
    assert.ok(call.gone.aborted);
    assert.ok(!events().includes('second-answer'));
    assert.deepEqual(endOf(call), [6010, 'Plivo']);
    const again = await callIn(FIRST);
    rig.dialled[1]?.leg.refuses(486);
    await rig.clock.advance(0);
    await again.over;
    assert.deepEqual(endOf(again.call), [3010, 'Callee']);
    await rig.assertClean();
  });

  it('ends at the time limit of its session', async () => {
    const { rig, callIn } = createMasked({ plan: { callTimeLimitS: 120 } });
    const { call, over } = await callIn(FIRST);
    rig.dialled[0]?.leg.answers();
    await rig.clock.advance(119_000);
    assert.ok(!call.gone.aborted);
    await rig.clock.advance(1_000);
    await over;
    assert.ok(call.gone.aborted);
    await rig.assertClean();
  });

  it('is recorded from the moment that both are connected', async () => {
    const { rig, callIn, events, kept } = createMasked({ plan: { record: true } });
    const { over } = await callIn(FIRST);
    assert.ok(!events().includes('recording-initiated'));
    rig.dialled[0]?.leg.answers();
    await rig.clock.advance(1_000);
    assert.ok(events().includes('recording-initiated'));
    rig.dialled[0]?.leg.leaves(NORMAL);
    await rig.clock.advance(0);
    await over;
    assert.ok(events().includes('recording-completed'));
    assert.ok(kept.at(-1)?.recordingId);
    assert.equal(rig.recorded.length, 1);
    await rig.assertClean();
  });

  it('plays to each party what is meant for it', async () => {
    const plan = { firstPartyPlay: 'http://app.example/first.mp3', secondPartyPlay: 'http://app.example/second.mp3' };
    const { rig, callIn } = createMasked({ plan });
    rig.sounds.set(plan.firstPartyPlay, 2_000);
    rig.sounds.set(plan.secondPartyPlay, 3_000);
    const { leg, over } = await callIn(FIRST);
    assert.ok(leg.asked.includes('answer'));
    assert.equal(rig.dialled.length, 0);
    await rig.clock.advance(2_000);
    rig.dialled[0]?.leg.answers();
    await rig.clock.advance(2_999);
    assert.equal(rig.media.counts().bridges, 0);
    await rig.clock.advance(1);
    assert.equal(rig.media.counts().bridges, 1);
    leg.leaves(hangupCause(4000, 'Caller'));
    await rig.clock.advance(0);
    await over;
    await rig.assertClean();
  });

  it('is refused when a stranger calls', async () => {
    const { rig, callIn, events } = createMasked({ firstParty: '14155550111' });
    const { call, over } = await callIn('14155550199');
    await over;
    assert.ok(call.gone.aborted);
    assert.deepEqual([call.answered, rig.dialled.length, events()], [false, 0, []]);
    assert.deepEqual(endOf(call), [3020, 'Plivo']);
    await rig.assertClean();
  });

  it('tells a stranger what the session has for strangers', async () => {
    const { rig, callIn } = createMasked({ plan: { unknownCallerPlay: 'http://app.example/who.mp3' } });
    rig.sounds.set('http://app.example/who.mp3', 1_000);
    const { call, over } = await callIn('14155550199');
    assert.ok(call.answered);
    await rig.clock.advance(1_000);
    await over;
    assert.ok(call.gone.aborted);
    await rig.assertClean();
  });
});

describe('the PIN of a masking session', () => {
  const pinned = { pinRequired: true, firstPin: '1234', secondPin: '567890' };

  it('is asked of strangers, and says whom they reach', async () => {
    const other = { ...pinned, firstParty: '14155550101', secondParty: '14155550102', firstPin: '1111', secondPin: '2222' };
    const { rig, callIn, told } = createMasked(pinned, other);
    const { leg, over } = await callIn('14155550199');
    assert.ok(leg.asked.includes('answer'));
    leg.media?.press('2222#');
    await rig.clock.advance(0);
    assert.equal(rig.dialled[0]?.request.to, '14155550101');
    assert.deepEqual(told[0]?.event, { kind: 'pin', status: 'success', tries: 1 });
    leg.leaves(hangupCause(4000, 'Caller'));
    await rig.clock.advance(0);
    await over;
    await rig.assertClean();
  });

  it('may be wrong as often as the session says', async () => {
    const { rig, callIn, told } = createMasked(pinned);
    const { call, leg, over } = await callIn('14155550199');
    leg.media?.press('9999#');
    await rig.clock.advance(0);
    assert.ok(!call.gone.aborted);
    await rig.clock.advance(5_000);
    await over;
    assert.ok(call.gone.aborted);
    assert.equal(rig.dialled.length, 0);
    assert.deepEqual(
      told.map(({ event }) => event),
      [
        { kind: 'pin', status: 'failed', tries: 1 },
        { kind: 'pin', status: 'failed', tries: 2 },
      ],
    );
    assert.ok(!JSON.stringify(rig.steps).includes('9999'));
    await rig.assertClean();
  });

  it('is not asked of the parties, unless it is forced', async () => {
    const { rig, callIn, told } = createMasked(pinned);
    const { leg, over } = await callIn(FIRST);
    assert.equal(rig.dialled[0]?.request.to, SECOND);
    assert.deepEqual(told[0]?.event, { kind: 'pin', status: 'authorized', tries: 0 });
    leg.leaves(hangupCause(4000, 'Caller'));
    await rig.clock.advance(0);
    await over;
    await rig.assertClean();
    const forced = createMasked({ ...pinned, plan: { forcesPin: true } });
    const asked = await forced.callIn(FIRST);
    assert.equal(forced.rig.dialled.length, 0);
    assert.ok(asked.leg.asked.includes('answer'));
    asked.leg.leaves(hangupCause(4000, 'Caller'));
    await forced.rig.clock.advance(0);
    await asked.over;
    await forced.rig.assertClean();
  });
});

describe('a session with a single party', () => {
  const single = { firstParty: SECOND, secondParty: null, plan: { isSingleParty: true } };

  it('connects anybody with that party, and remembers who called', async () => {
    const { rig, callIn, called } = createMasked(single);
    const { leg, over } = await callIn(FIRST);
    assert.equal(rig.dialled[0]?.request.to, SECOND);
    assert.deepEqual(called, [FIRST]);
    leg.leaves(hangupCause(4000, 'Caller'));
    await rig.clock.advance(0);
    await over;
    await rig.assertClean();
  });

  it('leads its party back to who called last', async () => {
    const { numbers } = createMasked({ ...single, lastCaller: '14155550150' });
    assert.deepEqual((await numbers.messageFor(VIRTUAL, SECOND))?.to, '14155550150');
    assert.equal((await createMasked(single).numbers.messageFor(VIRTUAL, SECOND))?.to, undefined);
  });
});

it('a number without a session is left to its application', async () => {
  const { numbers, rig } = createMasked({});
  assert.equal(await numbers.programFor('14155550100', FIRST), undefined);
  assert.equal(await numbers.messageFor('14155550100', FIRST), undefined);
  assert.equal(await numbers.messageFor(VIRTUAL, '14155550199'), undefined);
  await rig.clock.advance(HOUR_MS);
  assert.equal(await numbers.programFor(VIRTUAL, FIRST), undefined);
});
