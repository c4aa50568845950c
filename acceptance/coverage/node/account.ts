import assert from 'node:assert/strict';
import { list, record } from '../../api.ts';
import {
  assertGone,
  assertNotFound,
  authId,
  client,
  codeAt,
  inboxOf,
  itemsOf,
  MONEY,
  PHONE_3,
  RFC_3339,
  run,
  UUID,
  web,
} from './surroundings.ts';
import { A, given, step } from './walk.ts';

/** Account, subaccounts, applications, endpoints, tokens, verified caller IDs, prices and lookups. */
export async function walkAccount(): Promise<void> {
  await step(`GET ${A}/`, async () => {
    const account = await client.accounts.get();
    assert.match(String(account.cashCredits), MONEY);
    assert.equal(typeof account.autoRecharge, 'boolean');
    assert.ok(['prepaid', 'postpaid'].includes(String(account.billingMode)), String(account.billingMode));
    assert.equal(account.resourceUri, `/v1/Account/${authId}/`);
  });
  await step(`POST ${A}/`, async () => {
    const changed = await client.accounts.update({ name: `Node ${run}`, city: 'Austin', address: '1 Main St' });
    assert.equal(changed.message, 'changed');
    const { name, city, address } = await client.accounts.get();
    assert.deepEqual([name, city, address], [`Node ${run}`, 'Austin', '1 Main St']);
  });
  await walkSubaccounts();
  const appId = await walkApplications();
  await walkEndpoints(appId);
  await step(`DELETE ${A}/Application/{app_id}/`, async () => {
    const id = given(appId, 'application');
    assertGone(await client.applications.delete(id, { cascade: true }));
    await assertNotFound(client.applications.get(id));
  });
  await step(`POST ${A}/JWT/Token/`, async () => {
    const { token } = await client.token.create(authId, { sub: 'ana', outgoing_allow: true });
    const [, payload = ''] = String(token).split('.');
    const claims = record(JSON.parse(Buffer.from(payload, 'base64url').toString()));
    assert.deepEqual([claims.iss, claims.sub], [authId, 'ana']);
    assert.deepEqual(record(record(claims.per).voice).outgoing_allow, true);
  });
  await walkVerifiedCallerIds();
  await step(`GET ${A}/Pricing/`, async () => {
    const prices = await client.pricings.get('US');
    assert.deepEqual([prices.countryCode, prices.countryIso], [1, 'US']);
    const [rate] = list(record(record(prices.voice).outbound).rates);
    assert.ok(Array.isArray(rate?.prefix) && Array.isArray(rate.originationPrefix), JSON.stringify(rate));
    assert.match(String(rate.rate), MONEY);
    assert.match(String(record(record(prices.message).outbound).rate), MONEY);
  });
  await step('GET /v1/Number/{number}', async () => {
    const found = await client.lookup.get('+14155550123', 'carrier');
    assert.equal(found.phoneNumber, '+14155550123');
    assert.deepEqual([record(found.country).iso2, record(found.country).iso3], ['US', 'USA']);
    assert.equal(record(found.format).e164, '+14155550123');
    assert.equal(typeof record(found.carrier).type, 'string');
  });
}

async function walkSubaccounts(): Promise<void> {
  const id = await step(`POST ${A}/Subaccount/`, async () => {
    const made = await client.subaccounts.create(`node ${run}`, true);
    assert.equal(made.message, 'created');
    assert.match(String(made.authId), /^SA[A-Z0-9]{18}$/);
    assert.equal(typeof made.authToken, 'string');
    return String(made.authId);
  });
  await step(`GET ${A}/Subaccount/{subauth_id}/`, async () => {
    const one = await client.subaccounts.get(given(id, 'subaccount'));
    assert.deepEqual([one.authId, one.name, one.enabled], [id, `node ${run}`, true]);
    assert.equal(one.account, `/v1/Account/${authId}/`);
  });
  await step(`GET ${A}/Subaccount/`, async () => {
    const all = await client.subaccounts.list({ limit: 20, offset: 0 });
    assert.ok(all.some((one) => one.authId === given(id, 'subaccount')));
    assert.deepEqual([all.meta?.limit, all.meta?.offset, typeof all.meta?.totalCount], [20, 0, 'number']);
  });
  await step(`POST ${A}/Subaccount/{subauth_id}/`, async () => {
    const changed = await client.subaccounts.update(given(id, 'subaccount'), `renamed ${run}`, false);
    assert.equal(changed.message, 'changed');
    const one = await client.subaccounts.get(given(id, 'subaccount'));
    assert.deepEqual([one.name, one.enabled], [`renamed ${run}`, false]);
  });
  await step(`DELETE ${A}/Subaccount/{subauth_id}/`, async () => {
    assertGone(await client.subaccounts.delete(given(id, 'subaccount'), true));
    await assertNotFound(client.subaccounts.get(given(id, 'subaccount')));
  });
}

async function walkApplications(): Promise<string | undefined> {
  const id = await step(`POST ${A}/Application/`, async () => {
    const made = await client.applications.create(`node-${run}`, {
      answerUrl: web('/xml/wait'),
      answerMethod: 'GET',
      logIncomingMessages: false,
    });
    assert.equal(made.message, 'created');
    assert.match(String(made.appId), /^\d{17}$/);
    return String(made.appId);
  });
  await step(`GET ${A}/Application/{app_id}/`, async () => {
    const app = await client.applications.get(given(id, 'application'));
    assert.deepEqual([app.appName, app.answerUrl, app.answerMethod], [`node-${run}`, web('/xml/wait'), 'GET']);
    assert.deepEqual([app.enabled, app.defaultApp], [true, false]);
  });
  await step(`GET ${A}/Application/`, async () => {
    const all = await client.applications.list({ limit: 20, appName: `node-${run}` });
    assert.ok(all.some((app) => app.appId === given(id, 'application')));
    assert.equal(typeof all.meta?.totalCount, 'number');
  });
  await step(`POST ${A}/Application/{app_id}/`, async () => {
    const changed = await client.applications.update(given(id, 'application'), { answerUrl: web('/xml/record') });
    assert.equal(changed.message, 'changed');
    assert.equal((await client.applications.get(given(id, 'application'))).answerUrl, web('/xml/record'));
  });
  return id;
}

async function walkEndpoints(appId: string | undefined): Promise<void> {
  const made = await step(`POST ${A}/Endpoint/`, async () => {
    const created = await client.endpoints.create(`node${run}`, 'secret-1', 'desk', given(appId, 'application'));
    assert.deepEqual([created.message, created.alias], ['created', 'desk']);
    assert.match(String(created.username), new RegExp(`^node${run}\\d{12}$`));
    return { id: String(created.endpointId), username: created.username };
  });
  await step(`GET ${A}/Endpoint/{endpoint_id}/`, async () => {
    const { id, username } = given(made, 'endpoint');
    const endpoint = await client.endpoints.get(id);
    assert.deepEqual([endpoint.username, endpoint.alias, endpoint.sipRegistered], [username, 'desk', 'false']);
    assert.match(String(endpoint.sipUri), new RegExp(`^sip:${String(username)}@`));
    assert.equal(endpoint.application, `/v1/Account/${authId}/Application/${appId}/`);
  });
  await step(`GET ${A}/Endpoint/`, async () => {
    const all = await client.endpoints.list({ limit: 20 });
    assert.ok(all.some((one) => one.endpointId === given(made, 'endpoint').id));
    assert.equal(typeof all.meta?.totalCount, 'number');
  });
  await step(`POST ${A}/Endpoint/{endpoint_id}/`, async () => {
    const { id } = given(made, 'endpoint');
    assert.equal((await client.endpoints.update(id, { alias: 'hall' })).message, 'changed');
    assert.equal((await client.endpoints.get(id)).alias, 'hall');
  });
  await step(`DELETE ${A}/Endpoint/{endpoint_id}/`, async () => {
    const { id } = given(made, 'endpoint');
    assertGone(await client.endpoints.delete(id));
    await assertNotFound(client.endpoints.get(id));
  });
}

async function walkVerifiedCallerIds(): Promise<void> {
  const number = `+${PHONE_3}`;
  const before = (await inboxOf(PHONE_3)).length;
  const uuid = await step(`POST ${A}/VerifiedCallerId/`, async () => {
    const begun = await client.verify.initiate(number, { alias: `node ${run}`, channel: 'sms' });
    assert.match(String(begun.message), /^Verification code is sent to number/);
    assert.match(String(begun.verificationUuid), UUID);
    return String(begun.verificationUuid);
  });
  await step(`POST ${A}/VerifiedCallerId/Verification/{verification_uuid}/`, async () => {
    const verified = await client.verify.verify(given(uuid, 'verification'), await codeAt(PHONE_3, before));
    assert.deepEqual([verified.phoneNumber, verified.alias, verified.channel], [number, `node ${run}`, 'sms']);
    assert.match(String(verified.createdAt), RFC_3339);
  });
  await step(`GET ${A}/VerifiedCallerId/{phone_number}/`, async () => {
    const one = await client.verify.getVerifiedCallerId(number);
    assert.deepEqual([one.phoneNumber, one.country, one.verificationUuid], [number, 'US', uuid]);
  });
  await step(`GET ${A}/VerifiedCallerId/`, async () => {
    const all = list(record(await client.verify.listVerifiedCallerId({ alias: `node ${run}` })).objects);
    assert.deepEqual(
      all.map((one) => one.phoneNumber ?? one.phone_number),
      [number],
    );
  });
  await step(`POST ${A}/VerifiedCallerId/{phone_number}/`, async () => {
    assert.equal((await client.verify.updateVerifiedCallerId(number, { alias: 'other' })).alias, 'other');
  });
  await step(`DELETE ${A}/VerifiedCallerId/{phone_number}/`, async () => {
    assertGone(await client.verify.deleteVerifiedCallerId(number));
    await assertNotFound(client.verify.getVerifiedCallerId(number));
  });
  assert.equal(itemsOf(await client.verify.listVerifiedCallerId({ alias: 'other' })).length, 0);
}
