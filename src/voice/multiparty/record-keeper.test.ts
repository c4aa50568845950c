import assert from 'node:assert/strict';
import { test } from 'node:test';
import { VirtualClock } from '../../../testkit/virtual-clock.ts';
import type { MultiPartyRecord, ParticipantRecord } from './multiparty-record.ts';
import { type MultiPartyRecords, RecordKeeper } from './record-keeper.ts';

const participant = (memberId: string): ParticipantRecord => ({
  memberId,
  multiPartyId: '019a0000-0000-7000-8000-000000000001',
  callId: '019a0000-0000-7000-8000-000000000002',
  address: '14155550123',
  role: 'agent',
  coach: false,
  mute: false,
  hold: false,
  startOnEnter: true,
  endOnExit: false,
  joinedAt: 0,
  exitedAt: undefined,
  bill: undefined,
  exit: undefined,
});

function kept() {
  const written: unknown[] = [];
  const records: MultiPartyRecords = {
    save: async ({ record }, participants) =>
      void written.push(['save', record.state, participants.map(({ memberId }) => memberId)]),
    close: async ({ record }, participants) => {
      written.push(['close', record.state, participants.map(({ memberId }) => memberId)]);
      return true;
    },
  };
  let state: MultiPartyRecord['state'] = 'active';
  const record = (): MultiPartyRecord => ({
    id: '019a0000-0000-7000-8000-000000000001',
    accountId: 'MA',
    ownerId: 'MA',
    name: 'x',
    state,
    createdAt: 0,
    startedAt: 0,
    endedAt: undefined,
    bill: undefined,
    recording: undefined,
    stayAlone: false,
    maxParticipants: 10,
    maxDurationMs: 1,
    terminationCode: undefined,
  });
  const now = () => ({ record: record(), statusCallback: undefined, sequence: 0, rateMicros: 0 });
  const keeper = new RecordKeeper(records, new VirtualClock(), now, assert.fail);
  const end = () => {
    state = 'ended';
  };
  return { keeper, written, end };
}

test('what happens at one moment is one write', async () => {
  const { keeper, written } = kept();
  keeper.changed(participant('1'));
  keeper.changed(participant('2'));
  await keeper.settled();
  assert.deepEqual(written, [['save', 'active', ['1', '2']]]);
});

test('the end is stored once, with the exits that came before it was told', async () => {
  const { keeper, written, end } = kept();
  end();
  keeper.changed(participant('1'));
  await keeper.settled();
  keeper.changed(participant('2'));
  await keeper.settled();
  assert.deepEqual(written, [], 'nobody may find it closed before it is');
  keeper.close(undefined);
  await keeper.settled();
  assert.deepEqual(written, [['close', 'ended', ['1', '2']]]);
});
