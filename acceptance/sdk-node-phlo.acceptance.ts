import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { after, before, describe, it } from 'node:test';
import { call, list, operator } from './api.ts';
import { OTHER_AUTH_ID, OTHER_AUTH_TOKEN, OWN_NUMBER, PHONE } from './fixture.ts';
import { phoneAnswers, phoneCall, phoneCalls, utterances } from './phones.ts';
import { refusal, type SdkObject, sdk } from './sdk.ts';
import { openTarget, type Target } from './target.ts';
import { voiceFixture } from './voice-fixture.ts';
import { eventually } from './wait.ts';

interface SdkRoom {
  call(triggerSource: string, to: string, role?: string): Promise<SdkObject>;
  warmTransfer(triggerSource: string, to: string, role?: string): Promise<SdkObject>;
  coldTransfer(triggerSource: string, to: string, role?: string): Promise<SdkObject>;
  abortTransfer(member: string): Promise<SdkObject>;
}
interface SdkPhlo {
  run(payload?: Record<string, unknown>): Promise<SdkObject>;
  multiPartyCall(nodeId: string): SdkRoom;
}
interface PhloClient {
  readonly phlo: { (id: string): SdkPhlo; get(id: string): Promise<SdkObject> };
}
const plivo: { PhloClient: new (authId: string, authToken: string) => PhloClient } = createRequire(import.meta.url)('plivo');

const AGENT = '14155550171';
const CUSTOMER = '14155550172';
const THIRD = '14155550173';
const NOBODY = '2e802f94-cc03-4e35-b4c8-5a0328544135';
/** Speech is loud for longer, silence is not. */
const SPOKEN_MS = 500;

const GREETING = '<Response><Speak>Hello {{Start.http.params.name}}, this is a stored flow.</Speak></Response>';
const MESSAGE = '<Response><Message src="{{from}}" dst="{{to}}">Stored {{otp}}</Message></Response>';
const ROOM = '<Response><MultiPartyCall role="{{role}}" stayAlone="true">desk {{desk}}</MultiPartyCall></Response>';

describe('Node SDK: PHLOs', () => {
  let target: Target;
  let client: PhloClient;
  before(async () => {
    target = await openTarget({ name: 'sdk-node-phlo', config: voiceFixture });
    sdk(target);
    client = new plivo.PhloClient(target.authId, target.authToken);
    for (const phone of [AGENT, CUSTOMER, THIRD, PHONE]) {
      await phoneAnswers(target, phone, [{ do: 'answer' }, { do: 'wait', ms: 60_000 }]);
    }
  });
  after(() => target?.dispose());

  const make = async (name: string, xml: string) => {
    const made = await operator(target, 'phlos', { account: target.authId, name, xml, from: OWN_NUMBER });
    assert.equal(made.status, 201, made.text);
    const [node] = list(made.json.nodes);
    const id = String(made.json.phlo_id);
    return { phlo: client.phlo(id), nodeId: String(node?.node_id), id };
  };
  // The SDK leaves phlo_run_id out of its answer; the id of the request is the same.
  const runOf = async (id: string, run: SdkObject) => (await call(target, `/v1/phlo/${id}/runs/${run.apiId}`)).json;
  const members = async (desk: string) =>
    list((await call(target, `MultiPartyCall/name_desk%20${desk}/Participant/`)).json.objects).map(
      ({ member_address: address, hold }) => `${address}${hold === true ? ' on hold' : ''}`,
    );
  const memberNames = async (desk: string, expected: readonly string[]) =>
    await eventually(`${expected} in ${desk}`, async () => {
      const found = await members(desk);
      return found.toSorted().join() === expected.toSorted().join() || undefined;
    });

  it('gets a PHLO and runs it: the phone hears its XML with the values of the run', async () => {
    const { phlo, id } = await make('greeting', GREETING);
    const got = await client.phlo.get(id);
    assert.deepEqual([got.phloId, got.name], [id, 'greeting']);
    const run = await phlo.run({ to: PHONE, name: 'Ann & <Bob>' });
    assert.deepEqual([run.phloId, run.message], [id, '1 call fired']);
    const heard = await phoneCall(target, PHONE, ({ endedAt }) => endedAt !== undefined, 30_000);
    assert.equal(heard.from, OWN_NUMBER);
    assert.ok(
      utterances(heard).some(({ ms }) => ms > SPOKEN_MS),
      JSON.stringify(heard.heard),
    );
    const shown = await eventually('the end of the run', async () => {
      const found = await runOf(id, run);
      return found.status === 'completed' ? found : undefined;
    });
    assert.ok(Array.isArray(shown.call_uuids));
    const [callId] = shown.call_uuids;
    const record = await eventually('the record', async () => {
      const found = await call(target, `Call/${callId}/`);
      return found.status === 200 ? found.json : undefined;
    });
    assert.deepEqual([record.to_number, record.hangup_cause_code], [PHONE, 4010]);
  });

  it('runs a PHLO that is a message', async () => {
    const { phlo, id } = await make('message', MESSAGE);
    const run = await phlo.run({ from: OWN_NUMBER, to: PHONE, otp: '4711' });
    assert.equal(run.message, '1 message queued');
    await eventually('the message', async () => {
      const inbox = list((await operator(target, `phones/${PHONE}/messages`)).json.messages);
      return inbox.some(({ text }) => text === 'Stored 4711') || undefined;
    });
    const shown = await runOf(id, run);
    assert.ok(Array.isArray(shown.message_uuids) && shown.message_uuids.length === 1);
  });

  it('calls somebody into the multiparty call of a run, and transfers its calls', async () => {
    const { phlo, nodeId } = await make('desk', ROOM);
    await phlo.run({ to: AGENT, role: 'agent', desk: 'a' });
    await memberNames('a', [AGENT]);
    await phlo.run({ to: CUSTOMER, role: 'customer', desk: 'a' });
    await memberNames('a', [AGENT, CUSTOMER]);
    const room = phlo.multiPartyCall(nodeId);
    assert.equal((await room.warmTransfer(AGENT, THIRD)).error, '');
    await memberNames('a', [AGENT, `${CUSTOMER} on hold`, THIRD]);
    assert.equal((await room.abortTransfer(AGENT)).error, '');
    await memberNames('a', [AGENT, CUSTOMER]);
    assert.equal((await room.coldTransfer(`+${AGENT}`, THIRD, 'agent')).error, '');
    await memberNames('a', [CUSTOMER, THIRD]);
    await eventually('the end of the calls of who has passed on', async () =>
      (await phoneCalls(target, AGENT)).every(({ endedAt }) => endedAt !== undefined) ? true : undefined,
    );
    assert.equal((await room.call(THIRD, AGENT, 'customer')).error, '');
    await memberNames('a', [AGENT, CUSTOMER, THIRD]);
    assert.equal((await refusal(room.call('14155559999', AGENT))).status, 404);
    await call(target, 'MultiPartyCall/name_desk%20a/', { method: 'DELETE' });
  });

  it('says what is wrong', async () => {
    assert.equal((await refusal(client.phlo.get(NOBODY))).status, 404);
    const { phlo, id } = await make('refused', GREETING);
    const refused = await refusal(phlo.run({ name: 'x' }));
    assert.equal(refused.status, 400);
    assert.match(refused.message, /to parameter is missing/);
    const stranger = new plivo.PhloClient(OTHER_AUTH_ID, OTHER_AUTH_TOKEN);
    assert.equal((await refusal(stranger.phlo.get(id))).status, 404);
  });
});
