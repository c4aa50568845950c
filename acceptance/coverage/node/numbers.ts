import assert from 'node:assert/strict';
import { list, record } from '../../api.ts';
import type { SdkPowerpack } from '../../sdk.ts';
import { eventually } from '../../wait.ts';
import {
  assertGone,
  assertNotFound,
  authId,
  CARRIER,
  client,
  NUMBER,
  NUMBER_2,
  OWN_NUMBER,
  operator,
  PHONE,
  run,
  SHORT_CODE,
  TOLL_FREE_2,
  UUID,
} from './surroundings.ts';
import { A, given, step } from './walk.ts';

const textOf = (value: unknown) => JSON.stringify(value);

/** Numbers: search, purchase, those of one's own; Powerpacks and their pools. */
export async function walkNumbers(): Promise<void> {
  const offered = await step(`GET ${A}/PhoneNumber/`, async () => {
    const found = await client.numbers.search('US', { type: 'local', pattern: '415' });
    const [first] = found;
    assert.deepEqual(
      [first?.country, first?.type, first?.smsEnabled, first?.voiceEnabled],
      ['UNITED STATES', 'fixed', true, true],
    );
    assert.match(String(first?.number), /^1415\d{7}$/);
    assert.match(String(first?.monthlyRentalRate), /^\d+\.\d+$/);
    return found.map(({ number }) => String(number));
  });
  const [bought, pooled] = offered ?? [];
  await step(`POST ${A}/PhoneNumber/{number}/`, async () => {
    const made = await client.numbers.buy(given(bought, 'number for sale'));
    assert.equal(made.status, 'fulfilled');
    assert.deepEqual(list(made.numbers)[0], { number: bought, status: 'Success' });
  });
  await step(`GET ${A}/Number/{number}/`, async () => {
    const one = await client.numbers.get(given(bought, 'number'));
    assert.deepEqual([one.number, one.numberType, one.smsEnabled, one.voiceEnabled], [bought, 'local', true, true]);
    assert.equal(one.resourceUri, `/v1/Account/${authId}/Number/${bought}/`);
    assert.match(String(one.addedOn), /^\d{4}-\d\d-\d\d$/);
  });
  await step(`POST ${A}/Number/{number}/`, async () => {
    const changed = await client.numbers.update(given(bought, 'number'), { alias: `node ${run}` });
    assert.equal(changed.message, 'changed');
  });
  await step(`GET ${A}/Number/`, async () => {
    const all = await client.numbers.list({ alias: `node ${run}`, limit: 5 });
    assert.deepEqual(
      all.map(({ number }) => number),
      [given(bought, 'number')],
    );
    assert.equal(all.meta?.totalCount, 1);
  });
  await step(`DELETE ${A}/Number/{number}/`, async () => {
    assertGone(await client.numbers.unrent(given(bought, 'number')));
    await assertNotFound(client.numbers.get(given(bought, 'number')));
  });
  await step(`POST ${A}/Number/`, async () => {
    const added = await client.numbers.addOwnNumber(OWN_NUMBER, CARRIER, 'California');
    assert.equal(added.message, 'changed');
    assert.equal((await client.numbers.get(OWN_NUMBER)).carrier, 'coverage');
    await client.numbers.unrent(OWN_NUMBER);
  });
  await walkPowerpacks(pooled);
}

async function walkPowerpacks(forSale: string | undefined): Promise<void> {
  const uuid = await step(`POST ${A}/Powerpack/`, async () => {
    const made = await client.powerpacks.create(`node ${run}`, { sticky_sender: true, local_connect: false });
    assert.deepEqual([made.name, made.stickySender, made.localConnect], [`node ${run}`, true, false]);
    assert.match(String(made.uuid), UUID);
    assert.match(String(made.numberPool), new RegExp(`^/v1/Account/${authId}/NumberPool/[0-9a-f-]{36}/$`));
    return String(made.uuid);
  });
  const pack = await step(`GET ${A}/Powerpack/{powerpack_uuid}/`, async () => {
    const found = await client.powerpacks.get(given(uuid, 'Powerpack'));
    assert.equal(found.name, `node ${run}`);
    return found;
  });
  await step(`GET ${A}/Powerpack/`, async () => {
    const all = await client.powerpacks.list({ limit: 20, offset: 0 });
    assert.ok(all.some((one) => one.uuid === given(uuid, 'Powerpack')));
    assert.equal(typeof all.meta?.totalCount, 'number');
  });
  await step(`POST ${A}/Powerpack/{powerpack_uuid}/`, async () => {
    const priority = { priority1: 'longcode', priority2: 'tollfree', priority3: 'shortcode' };
    const changed = await client.powerpacks.update(given(uuid, 'Powerpack'), {
      name: `renamed ${run}`,
      number_priority: [{ service_type: 'SMS', country_iso: 'US', priority }],
    });
    assert.match(textOf(changed), new RegExp(`renamed ${run}`));
    assert.match(textOf(changed), /"priority1":"longcode"/);
  });
  if (pack !== undefined) await walkPool(pack, forSale);
  await step(`DELETE ${A}/Powerpack/{powerpack_uuid}/`, async () => {
    await given(pack, 'Powerpack').delete(false);
    await assertNotFound(client.powerpacks.get(given(uuid, 'Powerpack')));
  });
}

async function walkPool(pack: SdkPowerpack, forSale: string | undefined): Promise<void> {
  const pool = `${A}/NumberPool/{number_pool_uuid}`;
  await step(`POST ${pool}/Number/{number}/`, async () => {
    const added = await pack.add_number(NUMBER, 'mms');
    assert.deepEqual([added.number, added.service, added.countryIso2, added.type], [NUMBER, 'mms', 'US', 'fixed']);
    assert.match(String(added.addedOn), /^\d{4}-\d\d-\d\d/);
    assert.equal((await pack.add_number(NUMBER_2)).service, 'sms');
    assert.equal((await pack.buy_add_number({ number: given(forSale, 'number for sale') })).number, forSale);
  });
  await step(`GET ${pool}/Number/`, async () => {
    const { objects, meta } = record(
      await pack.list_numbers({ limit: 2, type: 'fixed', country_iso2: 'US', starts_with: '415' }),
    );
    assert.equal(list(objects).length, 2);
    assert.equal(record(meta).totalCount, 3);
    assert.equal(await pack.count_numbers({ service: 'mms' }), 1);
  });
  await step(`GET ${pool}/Number/{number}/`, async () => {
    const found = await pack.find_number(NUMBER);
    assert.equal(found.number, NUMBER);
    assert.equal(found.accountPhoneNumberResource, `/v1/Account/${authId}/Number/${NUMBER}/`);
  });
  await step(`POST ${pool}/Tollfree/{tollfree}/`, async () => {
    const added = await pack.add_tollfree(TOLL_FREE_2);
    assert.deepEqual([added.number, added.type], [TOLL_FREE_2, 'tollfree']);
  });
  await step(`GET ${pool}/Tollfree/`, async () => {
    const { objects, meta } = record(await pack.list_tollfree({ limit: 5 }));
    assert.equal(list(objects)[0]?.number, TOLL_FREE_2);
    assert.equal(record(meta).totalCount, 1);
  });
  await step(`GET ${pool}/Tollfree/{tollfree}/`, async () => {
    assert.equal((await pack.find_tollfree(TOLL_FREE_2)).number, TOLL_FREE_2);
  });
  await walkShortCodes(pack, pool);
  await sendFrom(pack);
  await step(`DELETE ${pool}/Tollfree/{tollfree}/`, async () => {
    assert.equal((await pack.remove_tollfree(TOLL_FREE_2, false)).response, 'success');
    await assertNotFound(pack.find_tollfree(TOLL_FREE_2));
  });
  await step(`DELETE ${pool}/Number/{number}/`, async () => {
    assert.equal((await pack.remove_number(given(forSale, 'number'), true)).response, 'success');
    await assertNotFound(client.numbers.get(given(forSale, 'number')));
    await pack.remove_number(NUMBER, false);
    await pack.remove_number(NUMBER_2, false);
    assert.equal((await client.numbers.get(NUMBER)).number, NUMBER);
  });
}

async function walkShortCodes(pack: SdkPowerpack, pool: string): Promise<void> {
  const poolId = String(pack.numberPool).split('/')[5];
  await operator(`number-pools/${poolId}/shortcodes`, { shortcode: SHORT_CODE });
  await step(`GET ${pool}/Shortcode/`, async () => {
    const { objects, meta } = record(await pack.list_shortcodes({ limit: 5 }));
    assert.equal(list(objects)[0]?.shortcode, SHORT_CODE);
    assert.equal(record(meta).totalCount, 1);
  });
  await step(`GET ${pool}/Shortcode/{shortcode}/`, async () => {
    const found = await pack.find_shortcode(SHORT_CODE);
    assert.equal(found.countryIso2, 'US');
    assert.equal(found.numberPoolUuid, poolId);
  });
  await step(`GET ${pool}/Shortcode/{shortcode}/&service=sms`, async () => {
    assert.equal((await pack.find_shortcode(SHORT_CODE, 'sms')).countryIso2, 'US');
  });
  await step(`DELETE ${pool}/Shortcode/{shortcode}/`, async () => {
    assert.equal((await pack.remove_shortcode(SHORT_CODE)).response, 'success');
    await assertNotFound(pack.find_shortcode(SHORT_CODE));
  });
}

/** Not a route of its own: the pool does what it is there for. */
async function sendFrom(pack: SdkPowerpack): Promise<void> {
  await step(`POST ${A}/Message/`, async () => {
    const sent = await client.messages.create({ powerpackUUID: String(pack.uuid), dst: PHONE, text: `Pool ${run}` });
    assert.ok(Array.isArray(sent.messageUuid));
    const id = String(sent.messageUuid[0]);
    const message = await eventually('the message', () => client.messages.get(id).catch(() => undefined));
    assert.equal(message.powerpackID, pack.uuid);
  });
}
