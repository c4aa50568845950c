import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { type ApiClient, createTenant, stockInventory } from '../../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';
import { compileRates } from '../../billing/rates.ts';

let fixture: PlivoFixture;
let client: ApiClient;
before(async () => {
  fixture = await createPlivoFixture();
  client = await createTenant(fixture, 'Prices');
});
after(() => fixture.close());

test('prices are those in force, rentals those of the inventory', async () => {
  await stockInventory(fixture, [
    { number: '14155550700', monthly_micros: 900_000 },
    { number: '14155550701', monthly_micros: 800_000 },
    { number: '14155550703', monthly_micros: 750_000, setup_micros: 100_000, voice_enabled: false, mms_enabled: false },
    { number: '14155550704', monthly_micros: 850_000, mms_enabled: true },
    { number: '18005550702', type: 'tollfree', monthly_micros: 1_000_000 },
  ]);
  const { status, body } = await client.get('Pricing/?country_iso=US');
  assert.equal(status, 200, JSON.stringify(body));
  assert.deepEqual(
    { ...body, api_id: '' },
    {
      api_id: '',
      country: 'United States',
      country_code: 1,
      country_iso: 'US',
      message: {
        inbound: { rate: '0.00000' },
        outbound: { rate: '0.00550' },
        outbound_networks_list: [{ group_name: 'United States', rate: '0.00550' }],
      },
      phone_numbers: {
        local: {
          rate: '0.75000',
          rates: [
            { capabilities: ['sms'], rental_rate: '0.75000', setup_rate: '0.10000' },
            { capabilities: ['voice', 'sms'], rental_rate: '0.80000', setup_rate: '0.00000' },
            { capabilities: ['voice', 'sms', 'mms'], rental_rate: '0.85000', setup_rate: '0.00000' },
          ],
        },
        tollfree: { rate: '1.00000', rates: [{ capabilities: ['voice', 'sms'], rental_rate: '1.00000', setup_rate: '0.00000' }] },
      },
      voice: {
        inbound: { ip: { rate: null }, local: { rate: '0.00550' }, tollfree: { rate: '0.00550' } },
        outbound: {
          ip: { rate: null },
          local: { rate: '0.01000' },
          tollfree: { rate: null },
          rates: [{ origination_prefix: [''], prefix: ['1'], rate: '0.01000', voice_network_group: 'United States' }],
        },
      },
    },
  );
});

test('a list of the operator is shown with what it rates apart within the country, and not what is in another', async () => {
  fixture.ringdown.setRates(
    compileRates([
      { service: 'voice', direction: 'outbound', prefix: '1', rate: '0.02' },
      { service: 'voice', direction: 'outbound', prefix: '1907', rate: '0.05' },
      { service: 'voice', direction: 'outbound', prefix: '1246', rate: '0.30' },
    ]),
  );
  const prefixes = async (country: string) => {
    const body: unknown = (await client.get(`Pricing/?country_iso=${country}`)).body.voice;
    return JSON.stringify(body).match(/"prefix":\["\d+"\],"rate":"[\d.]+"/g);
  };
  assert.deepEqual(await prefixes('US'), ['"prefix":["1"],"rate":"0.02000"', '"prefix":["1907"],"rate":"0.05000"']);
  assert.deepEqual(await prefixes('BB'), ['"prefix":["1246"],"rate":"0.30000"']);
});

test('what is no country is refused', async () => {
  for (const query of ['', 'country_iso=', 'country_iso=XX', 'country_iso=USA']) {
    const { status, body } = await client.get(`Pricing/?${query}`);
    assert.equal(status, 400, query);
    assert.match(String(body.error), /country_iso/);
  }
});
