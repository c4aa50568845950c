import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type Credentials, call, list, operator, record } from './api.ts';
import { OWN_NUMBER, PHONE } from './fixture.ts';
import { Load } from './load.ts';
import { refusal, type SdkClient, sdk } from './sdk.ts';
import { AUTH_ID, type RingdownProcess, startServer, unlimitedAccount } from './server.ts';
import { eventually, pause } from './wait.ts';
import { WebhookReceiver } from './webhook-receiver.ts';

/** What an account with `balance: "5"` has left to begin with, in hundred-thousandths. */
const GRANTED = 500_000;
const SUB_ID = 'SAACCEPTANCE00000009';
const SUB_TOKEN = 'acceptance-token-0000000000000000000009x';
const SUB_NUMBER = '14155550109';
const FOR_SALE = '14155550169';
/** Of a message to the US, in hundred-thousandths: rate and fee. */
const MESSAGE = 1_500;
/** Balances are read anew every two seconds. */
const SEEN_MS = 2_500;
const ROUNDS = 4;

const config = (alertUrl: string) => ({
  accounts: [
    {
      ...unlimitedAccount,
      balance: '5',
      billing: 'prepaid',
      spend: { per_day: '4', alert_percents: [10, 20], alert_url: alertUrl },
    },
  ],
  subaccounts: [{ auth_id: SUB_ID, account: AUTH_ID, auth_token: SUB_TOKEN, name: 'Branch', enabled: true }],
  numbers: [
    { number: OWN_NUMBER, account: AUTH_ID, carrier: 'simulator', country: 'US', type: 'local' },
    { number: SUB_NUMBER, account: AUTH_ID, subaccount: SUB_ID, carrier: 'simulator', country: 'US', type: 'local' },
  ],
  inventory: [{ number: FOR_SALE, country: 'US', type: 'local', setup: '0.1', monthly: '0.2' }],
  rates: [
    { service: 'sms', prefix: '1', rate: '0.01', fee: '0.005' },
    { service: 'sms', prefix: '44', rate: '0.001' },
    { service: 'sms', prefix: '44', network: '234-15', rate: '0.002' },
    { service: 'lookup', rate: '0.003' },
  ],
  networks: [{ prefix: '447700', code: '234-15', name: 'Example Mobile' }],
});

/** An amount of the API in hundred-thousandths. */
const steps = (amount: unknown): number => Math.round(Number(amount) * 100_000);

describe('Node SDK: balance and spend limits', () => {
  let server: RingdownProcess;
  let client: SdkClient;
  let hooks: WebhookReceiver;
  before(async () => {
    hooks = await WebhookReceiver.start();
    server = await startServer({ name: 'sdk-node-billing', config: config(hooks.url('/alerts')) });
    client = sdk(server);
  });
  after(async () => {
    await server?.dispose();
    await hooks?.stop();
  });

  const balance = async () => steps((await client.accounts.get()).cashCredits);
  const send = async (params: Record<string, unknown> = {}, by: SdkClient = client) => {
    const sent = await by.messages.create({ src: OWN_NUMBER, dst: PHONE, text: 'Hello', ...params });
    assert.ok(Array.isArray(sent.messageUuid));
    return String(sent.messageUuid[0]);
  };
  const ended = async (uuid: string, by: SdkClient = client) =>
    eventually('end of the message', async () => {
      const message = await by.messages.get(uuid);
      return message.messageState === 'queued' ? undefined : message;
    });
  const refusedWith = async (who: Credentials, src: string) =>
    (await call(who, 'Message/', { body: { src, dst: PHONE, text: 'Hello' } })).status;
  const put = (path: string, body: Record<string, unknown>) =>
    call({ url: server.url, authId: '', authToken: '' }, `/ringdown/v1/${path}`, {
      method: 'PUT',
      anonymous: true,
      headers: { authorization: `Bearer ${server.operatorToken}` },
      body,
    });

  it('the balance is that of the moment: messages, numbers and look-ups go down by what they show', async () => {
    assert.equal(await balance(), GRANTED);
    const message = await ended(await send());
    assert.deepEqual([message.totalAmount, message.carrierFees], ['0.01000', '0.00500']);
    assert.equal(await balance(), GRANTED - MESSAGE);
    await client.numbers.buy(FOR_SALE);
    assert.equal(await balance(), GRANTED - MESSAGE - 30_000);
    await client.lookup.get(`+${PHONE}`);
    assert.equal(await balance(), GRANTED - MESSAGE - 30_300);
  });

  it('a message to a network with a price of its own has it, and names the network', async () => {
    const uuid = await send({ dst: '447700900123' });
    const message = await ended(uuid);
    assert.deepEqual([message.totalRate, message.destinationNetwork], ['0.00200', 'Example Mobile']);
    assert.equal((await ended(await send({ dst: '447400123456' }))).totalRate, '0.00100');
    assert.deepEqual(record((await client.lookup.get('+447700900123')).carrier).mobileNetworkCode, '15');
  });

  it('the operator sees what was spent, and grants credit once for each key', async () => {
    const before = await balance();
    for (const _ of [1, 2])
      assert.equal((await operator(server, `accounts/${AUTH_ID}/credits`, { amount: '1', key: 'invoice 7' })).status, 201);
    assert.equal(await balance(), before + 100_000);
    const { json } = await operator(server, `accounts/${AUTH_ID}/billing`);
    assert.equal(steps(json.balance), before + 100_000);
    assert.equal(steps(record(json.spent).today), GRANTED - before);
    const ledger = list((await operator(server, `accounts/${AUTH_ID}/ledger`)).json.entries);
    assert.deepEqual(ledger.map((entry) => entry.kind).sort(), [
      'credit',
      'credit',
      'lookup',
      'lookup',
      'number_rent',
      'number_setup',
    ]);
  });

  it('a subaccount stops at its own limit, and goes on when it is raised', async () => {
    const sub = sdk({ url: server.url, authId: SUB_ID, authToken: SUB_TOKEN });
    assert.equal((await put(`accounts/${SUB_ID}/limits`, { per_day: '0.031' })).status, 200);
    const before = await balance();
    await pause(SEEN_MS);
    const states: unknown[] = [];
    for (let count = 0; count < 3; count++) {
      const message = await ended(await send({ src: SUB_NUMBER }, sub), sub);
      states.push(message.errorCode);
    }
    assert.equal(states[2], '900', 'the third would have cost more than is left');
    assert.notEqual(states[1], '900');
    // The SDK has no error of its own for 402.
    assert.match((await refusal(send({ src: SUB_NUMBER }, sub))).message, /402/);
    assert.equal(await refusedWith({ url: server.url, authId: SUB_ID, authToken: SUB_TOKEN }, SUB_NUMBER), 402);
    assert.equal((await client.accounts.get()).cashCredits, ((before - 2 * MESSAGE) / 100_000).toFixed(5));
    assert.notEqual((await ended(await send())).messageState, 'failed');
    assert.equal((await put(`accounts/${SUB_ID}/limits`, { per_day: '1' })).status, 200);
    await pause(SEEN_MS);
    assert.notEqual((await ended(await send({ src: SUB_NUMBER }, sub), sub)).messageState, 'failed');
  });

  it('each percent of a limit is told once', async () => {
    // Of the day's 4 dollars a tenth: 0.40.
    await send({ dst: PHONE, text: 'x'.repeat(1_500) });
    const alert = await eventually('alert', () => hooks.received.find(({ path }) => path === '/alerts'), 30_000);
    const told = record(JSON.parse(alert.body));
    assert.deepEqual([told.auth_id, told.alert_type, told.period, told.percent], [AUTH_ID, 'spend_threshold_breach', 'day', 10]);
    await pause(11_000);
    assert.equal(hooks.received.filter(({ path }) => path === '/alerts').length, 1);
  });

  it('without credit messages fail with 900 and Send answers 402; a recharge lifts that', async () => {
    const left = await balance();
    const amount = (-(left - 500) / 100_000).toFixed(5);
    assert.equal((await operator(server, `accounts/${AUTH_ID}/credits`, { amount })).status, 201);
    await pause(SEEN_MS);
    assert.equal((await ended(await send())).errorCode, '900');
    assert.deepEqual([await refusedWith(server, OWN_NUMBER), await balance()], [402, 500]);
    assert.equal((await refusal(client.numbers.buy(FOR_SALE))).status, 404);
    assert.equal((await operator(server, `accounts/${AUTH_ID}/credits`, { amount: '2' })).status, 201);
    await pause(SEEN_MS);
    assert.notEqual((await ended(await send())).messageState, 'failed');
  });

  it('what was charged is what the records show, whenever the server is killed', async () => {
    assert.equal((await put(`accounts/${AUTH_ID}/limits`, {})).status, 200);
    assert.equal((await operator(server, `accounts/${AUTH_ID}/credits`, { amount: '1000' })).status, 201);
    await pause(SEEN_MS);
    const billing = async () => {
      const { json } = await operator(server, `accounts/${AUTH_ID}/billing`);
      const kinds = list(record(json.spent).by_kind);
      return { balance: steps(json.balance), sms: steps(kinds.find(({ kind }) => kind === 'sms')?.today) };
    };
    const begun = await billing();
    const load = new Load(server, { clients: 3, src: OWN_NUMBER });
    try {
      for (let round = 0; round < ROUNDS; round++) {
        await pause(300 + Math.random() * 700);
        await server.kill();
        await server.start();
      }
      await pause(300);
    } finally {
      await load.stop();
    }
    await eventually(
      'end of the queue',
      async () => (list((await call(server, 'Message/?message_state=queued')).json.objects).length === 0 ? true : undefined),
      60_000,
    );
    let shown = 0;
    for (let offset = 0; ; offset += 20) {
      const page = list((await call(server, `Message/?limit=20&offset=${offset}`)).json.objects);
      for (const message of page)
        if (message.message_direction === 'outbound') shown += steps(message.total_amount) + steps(message.carrier_fees);
      if (page.length < 20) break;
    }
    const now = await billing();
    assert.ok(load.accepted.length > ROUNDS * 5, `only ${load.accepted.length} messages were accepted`);
    assert.equal(now.sms, shown, 'the sums of the day are those of the records');
    assert.equal(begun.balance - now.balance, now.sms - begun.sms, 'the balance went down by as much');
  });
});
