import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { call, record } from './api.ts';
import { FOR_SALE, fixture, OWN_NUMBER, PHONE, SECOND_NUMBER, TOLL_FREE_FOR_SALE } from './fixture.ts';
import { refusal, type SdkClient, sdk } from './sdk.ts';
import { openTarget, type Target } from './target.ts';

const [FIRST = ''] = FOR_SALE;
const textOf = (value: unknown) => JSON.stringify(value);

describe('Node SDK: Powerpack, NumberPool, Pricing and Lookup', () => {
  let target: Target;
  let client: SdkClient;
  before(async () => {
    target = await openTarget({ name: 'sdk-node-powerpack', config: fixture });
    client = sdk(target);
  });
  after(() => target?.dispose());

  it('creates, gets, lists and updates a Powerpack', async () => {
    const created = await client.powerpacks.create('node', { sticky_sender: true, local_connect: true });
    assert.equal((await client.powerpacks.get(String(created.uuid))).name, 'node');
    assert.ok((await client.powerpacks.list({ limit: 5, offset: 0 })).some((entry) => entry.uuid === created.uuid));
    const changed = await client.powerpacks.update(String(created.uuid), {
      name: 'node renamed',
      number_priority: [
        {
          service_type: 'SMS',
          country_iso: 'US',
          priority: { priority1: 'longcode', priority2: 'tollfree', priority3: 'shortcode' },
        },
      ],
    });
    assert.match(textOf(changed), /node renamed/);
    assert.match(textOf(changed), /"priority1":"longcode"/);
    assert.equal((await refusal(client.powerpacks.get('11111111-1111-4111-8111-111111111111'))).status, 404);
  });

  it('fills a pool, sends from it, and empties it', async () => {
    const { uuid } = await client.powerpacks.create('node pool', {});
    const pack = await client.powerpacks.get(String(uuid));
    assert.equal((await pack.add_number(OWN_NUMBER, 'mms')).number, OWN_NUMBER);
    assert.equal((await pack.add_number(SECOND_NUMBER)).service, 'sms');
    await pack.buy_add_number({ number: FIRST });
    assert.equal((await pack.find_number(FIRST)).number, FIRST);
    assert.match(
      textOf(await pack.list_numbers({ limit: 2, type: 'fixed', country_iso2: 'US', starts_with: '415' })),
      /"service"/,
    );
    assert.match(textOf(await pack.count_numbers({ service: 'mms' })), /1/);

    await client.numbers.buy(TOLL_FREE_FOR_SALE);
    assert.equal((await pack.add_tollfree(TOLL_FREE_FOR_SALE)).number, TOLL_FREE_FOR_SALE);
    assert.match(textOf(await pack.list_tollfree({ limit: 5 })), new RegExp(TOLL_FREE_FOR_SALE));
    assert.equal((await pack.find_tollfree(TOLL_FREE_FOR_SALE, 'sms')).number, TOLL_FREE_FOR_SALE);

    const sent = await client.messages.create({ powerpackUUID: String(uuid), dst: PHONE, text: 'From a pool' });
    assert.ok(Array.isArray(sent.messageUuid));
    const message = await client.messages.get(String(sent.messageUuid[0]));
    assert.deepEqual([message.powerpackID, message.fromNumber], [uuid, TOLL_FREE_FOR_SALE]);
    assert.equal((await client.messages.list({ powerpack_id: String(uuid) })).length, 1);

    await pack.list_shortcodes({ limit: 5 });
    assert.equal((await refusal(pack.find_shortcode('444444', 'sms'))).status, 404);
    assert.equal((await refusal(pack.remove_shortcode('444444'))).status, 404);
    assert.match(textOf(await pack.remove_tollfree(TOLL_FREE_FOR_SALE, false)), /success/);
    assert.match(textOf(await pack.remove_number(FIRST, true)), /success/);
    assert.equal((await refusal(client.numbers.get(FIRST))).status, 404);
    await pack.delete(false);
    assert.equal((await refusal(client.powerpacks.get(String(uuid)))).status, 404);
    assert.equal((await client.numbers.get(OWN_NUMBER)).number, OWN_NUMBER);
  });

  it('tells prices', async () => {
    const prices = await client.pricings.get('US');
    assert.equal(prices.countryCode, 1);
    assert.match(textOf(prices.voice), /"prefix":\["1"\]/);
    assert.match(textOf(prices.message), /"rate":"\d+\.\d{5}"/);
  });

  it('looks a number up', async () => {
    const found = await client.lookup.get('+447400123456');
    assert.equal(found.phoneNumber, '+447400123456');
    assert.equal(record(found.country).iso3, 'GBR');
    assert.equal(record(found.carrier).type, 'mobile');
    assert.equal((await refusal(client.lookup.get('12'))).status, 404);
    assert.equal((await call(target, 'Pricing/')).status, 400);
  });
});
