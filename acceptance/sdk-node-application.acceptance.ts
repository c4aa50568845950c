import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, list, record } from './api.ts';
import { fixture, OWN_NUMBER } from './fixture.ts';
import { refusal, type SdkClient, sdk } from './sdk.ts';
import { openTarget, type Target } from './target.ts';

const URL_A = 'http://127.0.0.1:9/answer';

describe('Node SDK: Application', () => {
  let target: Target;
  let client: SdkClient;
  before(async () => {
    target = await openTarget({ name: 'sdk-node-application', config: fixture });
    client = sdk(target);
  });
  after(() => target?.dispose());

  it('creates with every field and gets it back', async () => {
    const created = await client.applications.create('full', {
      answerUrl: URL_A,
      answerMethod: 'GET',
      hangupUrl: 'http://127.0.0.1:9/hangup',
      hangupMethod: 'GET',
      fallbackAnswerUrl: 'http://127.0.0.1:9/fallback',
      fallbackMethod: 'GET',
      messageUrl: 'http://127.0.0.1:9/message',
      messageMethod: 'GET',
      publicUri: true,
      logIncomingMessages: 'false',
    });
    assert.equal(created.message, 'created');
    const id = String(created.appId);
    assert.match(id, /^\d{17}$/);

    const app = await client.applications.get(id);
    assert.deepEqual(
      [app.appName, app.answerUrl, app.answerMethod, app.hangupMethod, app.fallbackAnswerUrl, app.fallbackMethod],
      ['full', URL_A, 'GET', 'GET', 'http://127.0.0.1:9/fallback', 'GET'],
    );
    assert.equal(app.resourceUri, `/v1/Account/${target.authId}/Application/${id}/`);
    assert.match(String(app.sipUri), new RegExp(`^sip:${id}@`));
    // The SDK's response class leaves out some of what it is told.
    const wire = (await call(target, `Application/${id}/`)).json;
    assert.deepEqual(
      [wire.hangup_url, wire.message_url, wire.message_method],
      ['http://127.0.0.1:9/hangup', 'http://127.0.0.1:9/message', 'GET'],
    );
    assert.deepEqual([wire.log_incoming_messages, wire.public_uri], [false, true]);
    assert.equal(wire.app_id, id, 'a string');
    assert.equal(wire.enabled, true);
    await client.applications.delete(id);
  });

  it('fills defaults: POST everywhere, hangup_url as answer_url, incoming messages logged', async () => {
    const created = await client.applications.create('defaults', { answerUrl: URL_A });
    const wire = (await call(target, `Application/${String(created.appId)}/`)).json;
    assert.deepEqual(
      [wire.answer_method, wire.hangup_method, wire.message_method ?? 'POST', wire.hangup_url],
      ['POST', 'POST', 'POST', URL_A],
    );
    assert.deepEqual(
      [wire.default_app, wire.default_endpoint_app, wire.public_uri, wire.log_incoming_messages, wire.sub_account],
      [false, false, false, true, null],
    );
    await client.applications.delete(String(created.appId));
  });

  it('lists by prefix of the name and by subaccount, with paging', async () => {
    const sub = await client.subaccounts.create('apps', true);
    const ids: string[] = [];
    for (const name of ['list-one', 'list-two', 'other']) {
      const created = await client.applications.create(name, { answerUrl: URL_A });
      ids.push(String(created.appId));
    }
    const scoped = await client.applications.create('list-sub', { answerUrl: URL_A, subaccount: String(sub.authId) });
    ids.push(String(scoped.appId));

    const named = list((await call(target, 'Application/?app_name=list-')).json.objects).map((app) => app.app_name);
    assert.ok(named.includes('list-one') && named.includes('list-two') && !named.includes('other'), String(named));
    const bySub = list((await call(target, `Application/?subaccount=${String(sub.authId)}`)).json.objects);
    assert.deepEqual(
      bySub.map((app) => app.app_name),
      ['list-sub'],
    );
    const page = (await call(target, 'Application/?limit=2&offset=0')).json;
    assert.equal(list(page.objects).length, 2);
    assert.equal(record(page.meta).next, `/v1/Account/${target.authId}/Application/?limit=2&offset=2`);
    const viaSdk = await client.applications.list({ limit: 20, offset: 0 });
    assert.ok(viaSdk.length >= 3);
    for (const id of ids) await client.applications.delete(id);
    await client.subaccounts.delete(String(sub.authId), true);
  });

  it('updates what is sent and leaves the rest', async () => {
    const created = await client.applications.create('update-me', { answerUrl: URL_A, messageUrl: 'http://127.0.0.1:9/m' });
    const id = String(created.appId);
    const answer = await client.applications.update(id, { answerUrl: 'http://127.0.0.1:9/new', answerMethod: 'GET' });
    assert.equal(answer.message, 'changed');
    const app = (await call(target, `Application/${id}/`)).json;
    assert.deepEqual(
      [app.answer_url, app.answer_method, app.message_url],
      ['http://127.0.0.1:9/new', 'GET', 'http://127.0.0.1:9/m'],
    );
    assert.equal((await call(target, `Application/${id}/`, { body: { answer_method: 'GET' } })).status, 202);
    await client.applications.delete(id);
  });

  it('has one default number application at a time', async () => {
    const first = await client.applications.create('first', { answerUrl: URL_A, defaultNumberApp: true });
    const second = await client.applications.create('second', { answerUrl: URL_A, defaultNumberApp: true });
    assert.equal((await call(target, `Application/${String(first.appId)}/`)).json.default_app, false);
    assert.equal((await call(target, `Application/${String(second.appId)}/`)).json.default_app, true);
    for (const app of [first, second]) await client.applications.delete(String(app.appId));
  });

  it('is detached from its numbers when deleted', async () => {
    const created = await client.applications.create('attached', { answerUrl: URL_A });
    await client.numbers.update(OWN_NUMBER, { appId: String(created.appId) });
    assert.equal(
      (await call(target, `Number/${OWN_NUMBER}/`)).json.application,
      `/v1/Account/${target.authId}/Application/${String(created.appId)}/`,
    );
    assert.equal((await call(target, `Application/${String(created.appId)}/`, { method: 'DELETE' })).status, 204);
    assert.equal((await call(target, `Number/${OWN_NUMBER}/`)).json.application, null);
  });

  it('refuses bad input', async () => {
    const noName = await call(target, 'Application/', { body: { answer_url: URL_A } });
    assert.deepEqual([noName.status, noName.json.error_code], [400, 'invalid_parameter']);
    assert.match(String(noName.json.error), /app_name/);
    assert.equal((await call(target, 'Application/', { body: { app_name: 'x', answer_url: 'not a url' } })).status, 400);
    assert.equal(
      (await call(target, 'Application/', { body: { app_name: 'x', answer_url: URL_A, answer_method: 'PATCH' } })).status,
      400,
    );
    assert.equal(
      (await call(target, 'Application/', { body: { app_name: 'x', answer_url: URL_A, subaccount: 'SAXXXXXXXXXXXXXXXXXX' } }))
        .status >= 400,
      true,
    );
    assert.equal((await refusal(client.applications.get('99999999999999999'))).status, 404);
    assert.equal((await call(target, 'Application/99999999999999999/', { method: 'DELETE' })).status, 404);
  });
});
