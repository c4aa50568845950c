import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { call, list, record } from './api.ts';
import { xml } from './far-end.ts';
import { OWN_NUMBER, PHONE } from './fixture.ts';
import { AGENT, CLIP_HZ, CUSTOMER, hears, hungUp, MeetingSuite, SECOND_AGENT } from './meeting.ts';
import { keysOf, phoneCall, phoneDials } from './phones.ts';
import { refusal, type SdkClient, XmlResponse } from './sdk.ts';
import type { Target } from './target.ts';
import { sine, wavOf } from './tones.ts';
import { FAR } from './voice-fixture.ts';
import { eventually } from './wait.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const TIME = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\+00:00$/;
const NOBODY = '019a0000-0000-7000-8000-000000000000';
const LISTENER = '14155550175';

describe('Node SDK: multiparty calls', () => {
  let suite: MeetingSuite;
  let target: Target;
  let client: SdkClient;
  let receiver: WebhookReceiver;
  before(async () => {
    suite = await MeetingSuite.start('sdk-node-multiparty');
    ({ target, client, receiver } = suite);
  });
  after(() => suite?.dispose());
  afterEach(() => suite.clear());

  const tone = (hz: number) => receiver.url(`/tone.wav?hz=${hz}`);

  it('dials participants, and shows the multiparty call and them', async () => {
    const room = suite.open();
    const added = await client.multiPartyCalls.addParticipant('Agent', {
      ...room.which,
      from: OWN_NUMBER,
      to: AGENT.number,
      stayAlone: true,
      maxDuration: 600,
      maxParticipants: 4,
    });
    assert.equal(added.message, 'add participant action initiated');
    assert.match(String(added.requestUuid), UUID);
    assert.deepEqual(list(added.calls), [{ to: AGENT.number, from: OWN_NUMBER, callUuid: added.requestUuid }]);
    const member = await room.memberOf(String(added.requestUuid));
    assert.match(member, /^\d+$/);
    const shown = await room.get();
    const uri = `/v1/Account/${target.authId}/MultiPartyCall/name_${encodeURIComponent(room.which.friendlyName)}/`;
    assert.deepEqual(
      [shown.friendlyName, shown.status, shown.endTime, shown.duration, shown.billedAmount, shown.recording, shown.resourceUri],
      [room.which.friendlyName, 'Active', null, null, null, 'not-recording', uri],
    );
    assert.deepEqual([shown.maxDuration, shown.maxParticipants, shown.stayAlone, shown.subAccount], [600, 4, true, null]);
    assert.deepEqual(
      [shown.terminationCause, shown.terminationCauseCode, shown.participants],
      [null, null, `${uri}Participant/`],
    );
    for (const time of [shown.creationTime, shown.startTime]) assert.match(String(time), TIME);
    const one = await client.multiPartyCalls.getParticipant(member, { ...room.which });
    assert.deepEqual(
      [one.memberId, one.callUuid, one.mpcUuid, one.role, one.memberAddress, one.exitTime, one.exitCause],
      [member, added.requestUuid, shown.mpcUuid, 'agent', AGENT.number, null, null],
    );
    assert.deepEqual(
      [one.mute, one.hold, one.coachMode, one.startMpcOnEnter, one.endMpcOnExit],
      [false, false, false, true, false],
    );
    const byId = await client.multiPartyCalls.get({ uuid: shown.mpcUuid });
    assert.equal(byId.friendlyName, room.which.friendlyName);
    const answer = await client.multiPartyCalls.listParticipants({ ...room.which });
    assert.deepEqual([record(answer.meta).count, record(answer.meta).totalCount, list(answer.objects).length], [1, 1, 1]);

    await client.multiPartyCalls.stop({ ...room.which });
    await hungUp(target, AGENT);
    assert.equal((await refusal(room.get())).status, 404, 'an ended one has lost its name');
    const over = await client.multiPartyCalls.get({ uuid: shown.mpcUuid });
    assert.deepEqual(
      [over.status, over.terminationCauseCode, over.recording, over.resourceUri],
      ['Ended', 3000, null, `/v1/Account/${target.authId}/MultiPartyCall/uuid_${shown.mpcUuid}/`],
    );
    assert.match(String(over.endTime), TIME);
    assert.equal(typeof over.duration, 'number');
    assert.equal(over.billedDuration, 60);
    assert.match(String(over.billedAmount), /^\d+\.\d{5}$/);
    const [gone] = list(record(await client.multiPartyCalls.listParticipants({ uuid: shown.mpcUuid })).objects);
    assert.deepEqual([gone?.memberId, gone?.exitCause, gone?.mute], [member, 'Multiparty Call Ended', null]);
    const record4020 = await eventually('record of the call', () =>
      client.calls.get(String(added.requestUuid)).catch(() => undefined),
    );
    assert.equal(record4020.hangupCauseCode, 4020);
  });

  it('lists by every filter', async () => {
    const room = suite.open();
    await room.add('agent', AGENT, { stayAlone: true });
    const { mpcUuid } = await room.get();
    const hourAgo = new Date(Date.now() - 3_600_000).toISOString().slice(0, 19).replace('T', ' ');
    const finds = async (params: Record<string, unknown>) =>
      (await client.multiPartyCalls.list({ ...params })).some((one) => one.mpcUuid === mpcUuid);
    for (const [params, wanted] of [
      [{}, true],
      [{ friendlyName: room.which.friendlyName }, true],
      [{ friendlyName: 'mpc' }, false],
      [{ status: 'Active' }, true],
      [{ status: 'ended' }, false],
      [{ creation_time__gt: hourAgo }, true],
      [{ creation_time__lt: hourAgo }, false],
      [{ end_time__gte: hourAgo }, true],
    ] as const) {
      assert.equal(await finds(params), wanted, JSON.stringify(params));
    }
    await client.multiPartyCalls.stop({ ...room.which });
    for (const [params, wanted] of [
      [{ status: 'Ended', terminationCauseCode: 3000 }, true],
      [{ terminationCauseCode: 1000 }, false],
      [{ end_time__gte: hourAgo }, true],
      [{ end_time__lt: hourAgo }, false],
    ] as const) {
      assert.equal(await finds(params), wanted, JSON.stringify(params));
    }
    const page = await client.multiPartyCalls.list({ limit: 1 });
    assert.deepEqual([page.length, record(page.meta).limit], [1, 1]);
    assert.equal(record(page.meta).count, record(page.meta).totalCount);
  });

  it('kicks one, and moves a live call in that goes on with its exit action', async () => {
    const room = suite.open();
    const which = { ...room.which };
    await room.add('customer', CUSTOMER, { stayAlone: true, statusCallbackUrl: receiver.url('/kick.php') });
    const agent = await room.add('agent', AGENT);
    await client.multiPartyCalls.kickParticipant(agent, which);
    await hungUp(target, AGENT);
    const gone = await client.multiPartyCalls.getParticipant(agent, { ...room.which });
    assert.deepEqual([gone.exitCause, gone.mute, gone.hold], ['Kicked Out of Multiparty Call', null, null]);
    assert.deepEqual((await room.participants()).length, 1);
    await suite.told('/kick.php', 'ParticipantExit', agent);
    const uuid = String((await client.calls.create(OWN_NUMBER, SECOND_AGENT.number, receiver.url('/stay'))).requestUuid);
    await receiver.waitFor('the answer', ({ params }) => params.CallUUID === uuid);
    const moved = await client.multiPartyCalls.addParticipant('agent', {
      ...room.which,
      callUuid: uuid,
      onExitActionUrl: receiver.url('/next.xml'),
      statusCallbackMethod: 'GET',
      onExitActionMethod: 'POST',
    });
    assert.equal(moved.requestUuid, uuid);
    const second = await room.memberOf(uuid);
    await hears(target, CUSTOMER, SECOND_AGENT.hz);
    await client.multiPartyCalls.kickParticipant(second, { ...room.which });
    await hears(target, SECOND_AGENT, CLIP_HZ);
    const asked = await receiver.waitFor('the exit action', ({ path }) => path === '/next.xml');
    assert.deepEqual(
      [asked.params.MPCFriendlyName, asked.params.MemberID, asked.method],
      [room.which.friendlyName, second, 'POST'],
    );
  });

  it('takes the first of several agents who answers', async () => {
    const room = suite.open();
    await room.add('customer', CUSTOMER, { stayAlone: true });
    const added = await client.multiPartyCalls.addParticipant('agent', {
      ...room.which,
      from: OWN_NUMBER,
      to: `15005554001<${AGENT.number}`,
      ringTimeout: '20<20',
      delayDial: '0<1',
      statusCallbackEvents: 'mpc-state-changes, participant-state-changes, add-participant-api-events',
    });
    assert.equal(list(added.calls).length, 2);
    const [ringing, answering] = list(added.calls).map(({ callUuid }) => String(callUuid));
    assert.ok(ringing !== undefined && answering !== undefined && added.requestUuid !== ringing);
    await room.memberOf(answering);
    await hears(target, CUSTOMER, AGENT.hz);
    const lost = await eventually('the loser', () => client.calls.get(ringing).catch(() => undefined));
    assert.equal(lost.hangupCauseCode, 9000);
  });

  it('is entered by XML that the builder writes, with the events that are asked for', async () => {
    const room = suite.open();
    const document = new XmlResponse();
    document.addMultiPartyCall(room.which.friendlyName, {
      role: 'Agent',
      maxDuration: 1_000,
      maxParticipants: 3,
      statusCallbackUrl: receiver.url('/xml.php'),
      statusCallbackEvents: 'mpc-state-changes,participant-state-changes,participant-digit-input-events,participant-speak-events',
      enterSound: 'none',
      exitSound: 'none',
      stayAlone: true,
      relayDTMFInputs: true,
      onExitActionUrl: receiver.url('/next.xml'),
    });
    receiver.answer(({ path, params }) => {
      if (path === '/tone.wav') return { contentType: 'audio/wav', body: wavOf(sine(Number(params.hz), 1_000)) };
      if (path === '/mpc.xml') return { contentType: 'application/xml', body: document.toXML() };
      return xml(`<Play loop="0">${tone(CLIP_HZ)}</Play>`);
    });
    const made = await call(target, 'Application/', { body: { app_name: 'mpc-xml', answer_url: receiver.url('/mpc.xml') } });
    await call(target, `Number/${OWN_NUMBER}/`, { body: { app_id: made.json.app_id } });
    const customer = await room.add('customer', CUSTOMER, { stayAlone: true });
    const phone = await phoneDials(target, LISTENER, OWN_NUMBER, [
      { do: 'hear', tone: CUSTOMER.hz, within_ms: 10_000 },
      { do: 'press', digits: '42#' },
    ]);
    const entered = await eventually('the one who calls', async () =>
      (await room.participants()).find(({ memberAddress }) => memberAddress === LISTENER),
    );
    assert.equal(entered.role, 'agent');
    const member = String(entered.memberId);
    await room.mute(customer, true);
    await room.mute(customer, false);
    await suite.told('/xml.php', 'ParticipantSpeakStart', customer);
    const pressed = await suite.told('/xml.php', 'ParticipantDigitInput', member);
    assert.ok('42#'.includes(String(pressed.params.DigitInput)));
    const heard = await phoneCall(target, CUSTOMER.number, (one) => one.state === 'answered' && keysOf(one).includes('42#'));
    assert.ok(heard);
    await client.multiPartyCalls.stop({ ...room.which });
    const ended = await suite.told('/xml.php', 'MPCEnd');
    assert.equal(ended.params.MPCTerminationCauseCode, '3000');
    await receiver.waitFor('the exit action', (got) => got.path === '/next.xml' && got.params.MemberID === member);
    await eventually('what comes next', async () => {
      const calling = (await phoneCall(target, LISTENER, ({ id }) => id === phone)).heard.at(-1);
      return Math.abs((calling?.hz ?? 0) - CLIP_HZ) < 15 || undefined;
    });
  });

  it('answers later where a callback URL is given', async () => {
    const room = suite.open();
    await room.add('customer', CUSTOMER, { stayAlone: true });
    const path = `MultiPartyCall/name_${encodeURIComponent(room.which.friendlyName)}/`;
    const url = receiver.url('/async.php');
    const spawned = await call(target, `${path}?callback_url=${encodeURIComponent(url)}`);
    assert.deepEqual([spawned.status, spawned.json.message], [200, 'async api spawned']);
    const later = await receiver.waitFor('the real answer', (got) => got.path === '/async.php');
    assert.equal(record(JSON.parse(later.body)).friendly_name, room.which.friendlyName);
  });

  it('refuses what is wrong or not there', async () => {
    const nobody = { friendlyName: 'nobody is here' };
    for (const attempt of [
      () => client.multiPartyCalls.get({ ...nobody }),
      () => client.multiPartyCalls.get({ uuid: NOBODY }),
      () => client.multiPartyCalls.start({ ...nobody, status: 'active' }),
      () => client.multiPartyCalls.listParticipants({ ...nobody }),
      () => client.multiPartyCalls.startRecording({ ...nobody }),
      () => client.multiPartyCalls.startPlayAudio('1', tone(CLIP_HZ), { ...nobody }),
      () => client.multiPartyCalls.addParticipant('agent', { uuid: NOBODY, from: OWN_NUMBER, to: AGENT.number }),
      () => client.multiPartyCalls.addParticipant('agent', { ...nobody, callUuid: NOBODY }),
    ]) {
      assert.equal((await refusal(attempt())).status, 404);
    }
    const path = 'MultiPartyCall/name_nobody/Participant/';
    for (const body of [
      {},
      { role: 'agent' },
      { role: 'boss', from: OWN_NUMBER, to: PHONE },
      { role: 'customer', from: OWN_NUMBER, to: `${PHONE}<${FAR.answers}` },
      { role: 'agent', from: OWN_NUMBER, to: PHONE, max_duration: 10 },
    ]) {
      assert.equal((await call(target, path, { body })).status, 400, JSON.stringify(body));
    }
  });
});
