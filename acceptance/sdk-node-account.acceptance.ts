import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, list } from './api.ts';
import { fixture, OWN_NUMBER, SECOND_NUMBER } from './fixture.ts';
import { refusal, type SdkClient, sdk } from './sdk.ts';
import { openTarget, type Target } from './target.ts';

describe('Node SDK: Account and Subaccount', () => {
  let target: Target;
  let client: SdkClient;
  before(async () => {
    target = await openTarget({ name: 'sdk-node-account', config: fixture });
    client = sdk(target);
  });
  after(() => target?.dispose());

  it('gets the account', async () => {
    const account = await client.accounts.get();
    assert.equal((await call(target, '')).json.auth_id, target.authId);
    assert.match(String(account.cashCredits), /^-?\d+\.\d{5}$/);
    assert.equal(typeof account.autoRecharge, 'boolean');
    assert.match(String(account.accountType), /^(standard|developer)$/);
    assert.match(String(account.billingMode), /^(prepaid|postpaid)$/);
    assert.equal(account.resourceUri, `/v1/Account/${target.authId}/`);
    assert.match(String(account.apiId), /^[0-9a-f-]{36}$/);
  });

  it('updates the account', async () => {
    const answer = await client.accounts.update({ name: 'Acceptance Ltd', city: 'Austin', address: '1 Main St' });
    assert.equal(answer.message, 'changed');
    const account = await client.accounts.get();
    assert.deepEqual([account.name, account.city, account.address], ['Acceptance Ltd', 'Austin', '1 Main St']);
  });

  it('answers 202 to an update and refuses an unknown time zone', async () => {
    assert.equal((await call(target, '', { body: { timezone: 'Europe/Berlin' } })).status, 202);
    assert.equal((await client.accounts.get()).timezone, 'Europe/Berlin');
    assert.equal((await call(target, '', { body: { timezone: 'Mars/Olympus' } })).status, 400);
    assert.equal((await call(target, '', { body: { timezone: 'UTC' } })).status, 202);
  });

  it('creates, gets, lists, updates and deletes a subaccount', async () => {
    const created = await client.subaccounts.create('Branch', true);
    assert.equal(created.message, 'created');
    const id = String(created.authId);
    assert.match(id, /^SA[A-Z0-9]{18}$/);
    assert.equal(String(created.authToken).length, 40);

    const one = await client.subaccounts.get(id);
    assert.deepEqual([one.name, one.enabled, one.authId], ['Branch', true, id]);
    assert.equal(one.account, `/v1/Account/${target.authId}/`);
    assert.equal(one.resourceUri, `/v1/Account/${target.authId}/Subaccount/${id}/`);
    assert.match(String(one.created), /^\d{4}-\d\d-\d\d$/);

    const all = await client.subaccounts.list({ limit: 5, offset: 0 });
    assert.ok(all.some((entry) => entry.authId === id));

    await client.subaccounts.update(id, 'Renamed', false);
    const renamed = await client.subaccounts.get(id);
    assert.deepEqual([renamed.name, renamed.enabled], ['Renamed', false]);

    await client.subaccounts.delete(id, false);
    assert.equal((await refusal(client.subaccounts.get(id))).status, 404);
  });

  it('creates a subaccount disabled unless told otherwise, and lists newest first', async () => {
    const first = await call(target, 'Subaccount/', { body: { name: 'first' } });
    const second = await call(target, 'Subaccount/', { body: { name: 'second' } });
    assert.deepEqual([first.status, second.status], [201, 201]);
    const listed = list((await call(target, 'Subaccount/')).json.objects);
    assert.deepEqual(
      listed.slice(0, 2).map((entry) => [entry.name, entry.enabled]),
      [
        ['second', false],
        ['first', false],
      ],
    );
    for (const entry of [first, second]) await client.subaccounts.delete(String(entry.json.auth_id), true);
  });

  it('lets subaccount credentials reach their own resources and nothing else, and nothing while disabled', async () => {
    const created = await client.subaccounts.create('Scoped', true);
    const sub = { url: target.url, authId: String(created.authId), authToken: String(created.authToken) };
    const sibling = await client.subaccounts.create('Sibling', true);
    await client.numbers.update(SECOND_NUMBER, { subAccount: sub.authId });

    assert.deepEqual(
      list((await call(sub, 'Number/')).json.objects).map((number) => number.number),
      [SECOND_NUMBER],
    );
    assert.equal((await call(sub, `Number/${OWN_NUMBER}/`)).status, 404);
    assert.notEqual((await call(sub, `/v1/Account/${target.authId}/Number/`)).status, 200);
    assert.notEqual((await call(sub, `/v1/Account/${String(sibling.authId)}/Number/`)).status, 200);
    assert.notEqual((await call(sub, 'Subaccount/', { body: { name: 'nested' } })).status, 201);
    assert.equal((await call({ ...target, authToken: sub.authToken }, '')).status, 401);
    assert.equal(
      (await call(target, `/v1/Account/${sub.authId}/Number/`)).status,
      200,
      'the main account reaches its subaccount',
    );

    await client.subaccounts.update(sub.authId, 'Scoped', false);
    assert.equal((await call(sub, 'Number/')).status, 401);

    await client.subaccounts.delete(sub.authId, false);
    const freed = await client.numbers.get(SECOND_NUMBER);
    assert.equal(freed.subAccount, null, 'without cascade the number moves to the main account');
    await client.subaccounts.delete(String(sibling.authId), true);
  });

  it('cascade deletes the applications of a subaccount', async () => {
    const created = await client.subaccounts.create('Doomed', true);
    const app = await client.applications.create('doomed', {
      answerUrl: 'http://127.0.0.1:9/answer',
      subaccount: String(created.authId),
    });
    assert.equal((await client.applications.get(String(app.appId))).subAccount, String(created.authId));
    await client.subaccounts.delete(String(created.authId), true);
    assert.equal((await refusal(client.applications.get(String(app.appId)))).status, 404);
  });

  it('refuses what it cannot take with the status and text of the catalogue', async () => {
    const missing = await call(target, 'Subaccount/', { body: {} });
    assert.equal(missing.status, 400);
    assert.match(String(missing.json.error), /name/);
    assert.equal((await refusal(client.subaccounts.get('SAXXXXXXXXXXXXXXXXXX'))).status, 404);
    assert.equal((await refusal(sdk({ ...target, authToken: 'wrong' }).accounts.get())).status, 401);
    client = sdk(target);
  });
});
