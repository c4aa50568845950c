import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import pg from 'pg';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { AccountStore } from '../accounts/account-store.ts';
import { ApplicationStore } from '../accounts/application-store.ts';
import { InventoryStore } from '../numbers/inventory-store.ts';
import { NumberStore } from '../numbers/number-store.ts';
import { systemClock } from '../runtime/clock.ts';
import { createIds } from '../runtime/ids.ts';
import { createSystemRandom } from '../runtime/random.ts';
import { createSealing } from '../storage/sealing.ts';
import { applyConfig } from './apply-config.ts';
import { ConfigError } from './config-error.ts';
import { ConfigStore } from './config-store.ts';
import { nextMonth } from './number-apply-store.ts';
import { parseConfig } from './yaml-file.ts';

const A = 'MAAPPLY0000000000001';
const B = 'MAAPPLY0000000000002';
const SUB = 'SAAPPLY0000000000001';
const token = (letter: string) => letter.repeat(40);
const ids = createIds(systemClock, createSystemRandom());
const sealing = createSealing(randomBytes(32));
const AT = new Date('2026-01-31T10:00:00Z');

let database: TestDatabase;
let accounts: AccountStore;
let numbers: NumberStore;
before(async () => {
  database = await createTestDatabase();
  accounts = new AccountStore(database.storage, sealing);
  numbers = new NumberStore(database.storage);
});
after(() => database.close());

const apply = async (text: string, at = AT) => {
  const changes = await applyConfig(parseConfig(text, 'x.yaml'), { pool: database.storage.pool, sealing, ids, at });
  return changes.map(({ kind, name, change }) => `${change} ${kind} ${name}`);
};
const refusal = async (text: string) => {
  const error = await apply(text).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  assert.ok(error instanceof ConfigError, String(error));
  return error.message;
};

const FILE = `
accounts:
  - auth_id: ${A}
    auth_token: ${token('a')}
    name: Demo
    timezone: Europe/Berlin
    balance: "12.50"
    limits:
      { api_requests_per_5s: 0, messages_per_second: 0, calls_per_second: 0, inbound_calls_per_second: 0,
        concurrent_calls: 50, dials_per_destination: 4, sender_rates: { long_code: 1.5 }, sender_daily_caps: { toll_free: 0 } }
    smart_encoding: true
    geo: { sms: [US, DE], voice: [US], voice_barred_prefixes: [1900], voice_disabled_prefixes: ["+1876"], thresholds: { DE: { per_hour: 10, policy: block } } }
    recordings: { auth: true, retention_days: 30 }
    opt_out_handling: false
    content_retention_days: 3
  - { auth_id: ${B}, auth_token: ${token('b')}, billing: prepaid }
subaccounts:
  - { auth_id: ${SUB}, account: ${A}, auth_token: ${token('s')}, name: Branch }
applications:
  - { name: demo, account: ${A}, answer_url: "http://127.0.0.1:9000/answer", default_number_app: true }
  - { name: theirs, account: ${A}, subaccount: ${SUB}, message_url: "http://127.0.0.1:9000/inbound", message_method: GET }
numbers:
  - { number: "14155550100", account: ${A}, application: demo, carrier: smsc, type: local, alias: desk }
  - { number: 447700900100, account: ${A}, subaccount: ${SUB}, application: theirs, type: mobile, services: [sms], sms_rate: 0.04 }
inventory:
  - { number: "14155550160", city: San Francisco, region: California, prefix: 415, setup: 1, monthly: "0.80", lata: 722 }
  - { number: "18005550170", country: US, type: tollfree }
carriers:
  - { name: smsc, kind: smpp, url: "smpp://id:secret-password@127.0.0.1:2775", costs: [{ prefix: "1", cost: 0.002 }, { cost: 0.05 }] }
  - { name: trunk, kind: sip, url: "sip:127.0.0.1:5070", username: u, password: secret-password }
routes:
  - { service: sms, prefix: 1415, carriers: [smsc, simulator], failover_codes: [90, "100"] }
  - { service: sms, prefix: 1415, carriers: [simulator], priority: -1 }
  - { service: voice, carriers: [trunk] }
rates:
  - { service: sms, prefix: "1", rate: "0.0055", fee: 0.003 }
  - { service: voice, prefix: "1", rate: "0.01", increment: 30/6 }
  - { service: mms, direction: inbound, rate: 0.01 }
`;

test('a file is applied whole, and a second time changes nothing and tells nobody', async () => {
  const listener = new pg.Client({ connectionString: database.url });
  await listener.connect();
  let told = 0;
  listener.on('notification', () => told++);
  await listener.query('listen ringdown_config');
  try {
    const changes = await apply(FILE);
    assert.equal(changes.length, 19, changes.join('\n'));
    assert.ok(changes.every((change) => change.startsWith('added ')));
    assert.ok(changes.includes('added route sms 1415 -1'));
    assert.deepEqual(await apply(FILE), []);
    await listener.query('select 1');
    assert.equal(told, 1);
  } finally {
    await listener.end();
  }
});

test('accounts have their settings, credit and billing', async () => {
  const account = await accounts.find(A);
  assert.deepEqual(
    [account?.authToken, account?.name, account?.timezone, account?.balanceMicros, account?.billingMode],
    [token('a'), 'Demo', 'Europe/Berlin', 12_500_000, 'postpaid'],
  );
  assert.deepEqual(account?.settings, {
    apiRequestsPer5s: 0,
    messagesPerSecond: 0,
    callsPerSecond: 0,
    inboundCallsPerSecond: 0,
    concurrentCalls: 50,
    dialsPerDestination: 4,
    senderRates: { long_code: 1.5 },
    senderDailyCaps: { toll_free: 0 },
    smartEncoding: true,
    smsCountries: ['US', 'DE'],
    voiceCountries: ['US'],
    voiceBarredPrefixes: ['1900'],
    voiceDisabledPrefixes: ['1876'],
    recordingAuth: true,
    recordingRetentionDays: 30,
    smsThresholds: { DE: { perHour: 10, policy: 'block' } },
    optOutHandling: false,
    contentRetentionDays: 3,
  });
  assert.deepEqual([(await accounts.find(B))?.billingMode, (await accounts.find(B))?.name], ['prepaid', B]);
  const sub = await accounts.find(SUB);
  assert.deepEqual([sub?.parentId, sub?.enabled, sub?.authToken], [A, true, token('s')]);
});

test('numbers have owner, application, carrier, services and rates', async () => {
  const number = await numbers.find('14155550100');
  const app = await new ApplicationStore(database.storage).find(number?.appId ?? '');
  assert.deepEqual([app?.name, app?.hangupUrl, app?.isNumberDefault], ['demo', 'http://127.0.0.1:9000/answer', true]);
  assert.deepEqual(
    [number?.accountId, number?.carrier, number?.countryIso, number?.alias, number?.fromInventory, number?.renewalDate],
    [A, 'smsc', 'US', 'desk', false, '2026-02-28'],
  );
  assert.deepEqual([number?.smsEnabled, number?.mmsEnabled, number?.voiceEnabled], [true, true, true]);
  const british = await numbers.find('447700900100');
  assert.deepEqual(
    [british?.subaccountId, british?.countryIso, british?.voiceEnabled, british?.smsRateMicros],
    [SUB, 'GB', false, 40_000],
  );
  assert.equal(nextMonth(new Date('2028-01-31T00:00:00Z')), '2028-02-29');
  assert.equal(nextMonth(new Date('2026-12-05T00:00:00Z')), '2027-01-05');
});

test('carriers, routes, rates and costs are loaded as they were configured; passwords are sealed in storage', async () => {
  const { carriers, routes, rates, costs } = await new ConfigStore(database.storage, sealing).load();
  assert.deepEqual(carriers, [
    { name: 'smsc', kind: 'smpp', options: { url: 'smpp://id:secret-password@127.0.0.1:2775' } },
    { name: 'trunk', kind: 'sip', options: { url: 'sip:127.0.0.1:5070', username: 'u', password: 'secret-password' } },
  ]);
  assert.deepEqual(routes, [
    { service: 'sms', prefix: '1415', carriers: ['smsc', 'simulator'], priority: 0, failoverCodes: ['90', '100'] },
    { service: 'sms', prefix: '1415', carriers: ['simulator'], priority: -1, failoverCodes: ['20', '90', '100', '1000'] },
    { service: 'voice', prefix: '', carriers: ['trunk'], priority: 0, failoverCodes: ['20', '90', '100', '1000'] },
  ]);
  assert.deepEqual(rates, [
    { service: 'mms', direction: 'inbound', prefix: '', rate: 10_000, fee: 0, minimumS: null, incrementS: null },
    { service: 'sms', direction: 'outbound', prefix: '1', rate: 5_500, fee: 3_000, minimumS: null, incrementS: null },
    { service: 'voice', direction: 'outbound', prefix: '1', rate: 10_000, fee: 0, minimumS: 30, incrementS: 6 },
  ]);
  assert.deepEqual(costs, [
    { carrier: 'smsc', service: 'sms', prefix: '', cost: 50_000 },
    { carrier: 'smsc', service: 'sms', prefix: '1', cost: 2_000 },
  ]);
  const { rows } = await database.storage.pool.query('select options from carriers');
  assert.ok(!JSON.stringify(rows).includes('secret-password'));
});

test('only what differs is changed, and raising the balance adds the difference to what is left', async () => {
  await accounts.update(A, { balanceMicros: 2_000_000 }, AT);
  const changed = FILE.replace('"12.50"', '"20.00"')
    .replace('timezone: Europe/Berlin', 'timezone: UTC')
    .replace('secret-password@', 'other-password@')
    .replace('monthly: "0.80"', 'monthly: "0.90"')
    .replace('content_retention_days: 3', 'content_retention_days: 4');
  assert.deepEqual(await apply(changed), [`changed account ${A}`, 'changed number for sale 14155550160', 'changed carrier smsc']);
  const account = await accounts.find(A);
  assert.deepEqual(
    [account?.balanceMicros, account?.settings.contentRetentionDays, account?.settings.smartEncoding],
    [9_500_000, 4, true],
  );
  assert.deepEqual(await apply(changed), []);
  assert.deepEqual(
    await apply(
      FILE.replace('"12.50"', '"20.00"')
        .replace('Europe/Berlin', 'UTC')
        .replace('content_retention_days: 3', 'content_retention_days: 4'),
    ),
    ['changed number for sale 14155550160', 'changed carrier smsc'],
  );
});

test('what the file no longer names: carriers, routes, rates go; accounts, applications and numbers stay', async () => {
  const changes = await apply(
    `carriers:\n  - { name: trunk, kind: sip, url: "sip:127.0.0.1:5070", username: u, password: secret-password }`,
  );
  assert.deepEqual(changes.sort(), [
    'changed carrier trunk', // its place in the file
    'removed carrier smsc',
    'removed rate mms inbound ',
    'removed rate sms outbound 1',
    'removed rate voice outbound 1',
    'removed route sms 1415 -1',
    'removed route sms 1415 0',
    'removed route voice  0',
  ]);
  assert.ok(await accounts.find(A));
  assert.ok(await numbers.find('14155550100'));
});

test('a number that was sold keeps its owner; one that changes accounts keeps nothing of the former', async () => {
  await apply(FILE);
  const inventory = new InventoryStore(database.storage);
  const bought = await inventory
    .buy({
      number: '14155550160',
      accountId: B,
      subaccountId: null,
      appId: undefined,
      alias: 'bought',
      cnamLookup: undefined,
      complianceId: undefined,
      idempotencyKey: undefined,
      at: AT,
    })
    .catch((error: Error) => error.message);
  assert.match(String(bought), /balance/, 'prepaid without credit');
  await apply(`accounts: [{ auth_id: ${B}, balance: 5 }]`);
  assert.equal(
    await inventory.buy({
      number: '14155550160',
      accountId: B,
      subaccountId: null,
      appId: undefined,
      alias: 'bought',
      cnamLookup: undefined,
      complianceId: undefined,
      idempotencyKey: undefined,
      at: AT,
    }),
    true,
  );
  assert.deepEqual(await apply(`inventory: [{ number: "14155550160", setup: 99 }]`), []);
  assert.equal((await numbers.find('14155550160'))?.accountId, B);
  assert.deepEqual(await apply(`numbers: [{ number: "14155550100", account: ${B} }]`), ['changed number 14155550100']);
  const moved = await numbers.find('14155550100');
  assert.deepEqual([moved?.accountId, moved?.appId, moved?.alias], [B, null, null]);
});

test('references that lead nowhere are told with their place, and nothing is stored by halves', async () => {
  const NEW = 'MAAPPLY0000000000009';
  assert.equal(
    await refusal(`accounts: [{ auth_id: ${NEW} }]`),
    'x.yaml:1: accounts[0]: auth_token is missing: the account is new',
  );
  assert.match(
    await refusal(
      `accounts: [{ auth_id: ${NEW}, auth_token: ${token('n')} }]\nnumbers: [{ number: 14155550199, account: ${A}, application: nope }]`,
    ),
    /^x\.yaml:2: numbers\[0\]\.application: .* has no application nope$/,
  );
  assert.equal(await accounts.find(NEW), undefined);
  for (const text of [
    `numbers: [{ number: 14155550199, account: ${NEW} }]`,
    `applications: [{ name: x, account: ${NEW}, answer_url: "http://x/" }]`,
    `subaccounts: [{ auth_id: SAAPPLY0000000000009, account: ${NEW}, auth_token: ${token('n')} }]`,
    `subaccounts: [{ auth_id: ${SUB}, account: ${B} }]`,
    `numbers: [{ number: 14155550199, account: ${B}, subaccount: ${SUB} }]`,
    `applications: [{ name: x, account: ${B}, subaccount: ${SUB}, answer_url: "http://x/" }]`,
  ]) {
    assert.match(await refusal(text), /^x\.yaml:1: /, text);
  }
  assert.equal(await numbers.find('14155550199'), undefined);
});

test('nodes that apply the same file together agree, and thousands of numbers are no trouble', async () => {
  const list = Array.from({ length: 2_500 }, (_, index) =>
    `  - "${14155600000 + index}"`.replace(/- (".*")/, '- { number: $1 }'),
  );
  const text = `inventory:\n${list.join('\n')}`;
  const results = await Promise.all([apply(text), apply(text), apply(text)]);
  assert.deepEqual(results.map((changes) => changes.filter((change) => change.startsWith('added')).length).sort(), [0, 0, 2_500]);
});

test('speech engines are kept sealed, changed and removed', async () => {
  const speech = `
speech:
  engines: [openai, polly, espeak]
  openai: { url: "http://127.0.0.1:8880/v1", api_key: sk-secret, model: kokoro, format: pcm, sample_rate: 24000, voices: { WOMAN: af_sky } }
  polly: { region: eu-central-1, access_key_id: AKID, secret_access_key: secret-key, model: neural }
`;
  const load = async () => (await new ConfigStore(database.storage, sealing).load()).speech;
  assert.deepEqual(
    (await apply(speech)).filter((change) => change.includes('speech')),
    ['added speech engines'],
  );
  assert.deepEqual(await apply(speech), []);
  assert.deepEqual(await load(), {
    engines: ['openai', 'polly', 'espeak'],
    openai: {
      url: 'http://127.0.0.1:8880/v1',
      apiKey: 'sk-secret',
      model: 'kokoro',
      format: 'pcm',
      sampleRate: 24_000,
      voices: { WOMAN: 'af_sky' },
    },
    polly: { region: 'eu-central-1', accessKeyId: 'AKID', secretAccessKey: 'secret-key', model: 'neural' },
  });
  const { rows } = await database.storage.pool.query<{ options: string }>('select options from speech');
  assert.ok(rows.length === 1 && !/secret/.test(Buffer.from(rows[0]?.options ?? '', 'base64').toString('latin1')));
  assert.deepEqual(await apply('speech: { engines: [espeak] }'), ['changed speech engines']);
  assert.deepEqual(await apply('accounts: []'), ['removed speech engines']);
  assert.equal(await load(), undefined);
});

test('speech engines need their section, and have no other keys', async () => {
  assert.match(
    await refusal('speech:\n  engines: [polly]\n'),
    /x\.yaml:1: speech: polly is missing: it is in the list of engines/,
  );
  assert.match(
    await refusal('speech:\n  engines: [festival]\n'),
    /speech\.engines\[0\]: one of espeak, openai, polly is expected/,
  );
  assert.match(await refusal('speech:\n  engines: [espeak]\n  espeak: {}\n'), /x\.yaml:3: speech\.espeak: unknown key/);
});

test('engines of speech to text are kept sealed, changed and removed', async () => {
  const recognition = `
recognition:
  engines: [websocket, openai, command]
  language: de-DE
  openai: { url: "http://127.0.0.1:8880/v1", api_key: sk-secret, model: whisper-1, format: verbose_json }
  websocket: { url: "ws://127.0.0.1:2700", dialect: vosk, api_key: secret-key, models: { phone_call: nova-2-phonecall } }
  command: { run: [python3, recognise.py], processes: 4, timeout_s: 20 }
`;
  const load = async () => (await new ConfigStore(database.storage, sealing).load()).recognition;
  assert.deepEqual(
    (await apply(recognition)).filter((change) => change.includes('recognition')),
    ['added recognition engines'],
  );
  assert.deepEqual(await apply(recognition), []);
  assert.deepEqual(await load(), {
    engines: ['websocket', 'openai', 'command'],
    language: 'de-DE',
    openai: { url: 'http://127.0.0.1:8880/v1', apiKey: 'sk-secret', model: 'whisper-1', format: 'verbose_json' },
    websocket: { url: 'ws://127.0.0.1:2700', dialect: 'vosk', apiKey: 'secret-key', models: { phone_call: 'nova-2-phonecall' } },
    command: { run: ['python3', 'recognise.py'], processes: 4, timeoutS: 20 },
  });
  const { rows } = await database.storage.pool.query<{ options: string }>('select options from recognition');
  assert.ok(rows.length === 1 && !/secret/.test(Buffer.from(rows[0]?.options ?? '', 'base64').toString('latin1')));
  assert.deepEqual(await apply('recognition: { engines: [command], command: { run: [x] } }'), ['changed recognition engines']);
  assert.deepEqual(await apply('accounts: []'), ['removed recognition engines']);
  assert.equal(await load(), undefined);
});

test('engines of speech to text need their section, and have no other keys', async () => {
  assert.match(
    await refusal('recognition:\n  engines: [openai]\n'),
    /x\.yaml:1: recognition: openai is missing: it is in the list of engines/,
  );
  assert.match(
    await refusal('recognition:\n  engines: [websocket]\n  websocket: { url: "http://x", dialect: other }\n'),
    /recognition\.websocket\.url: a ws or wss URL is expected[\s\S]*recognition\.websocket\.dialect: one of deepgram, vosk is expected/,
  );
  assert.match(
    await refusal('recognition:\n  engines: [command]\n  command: { run: [], shell: true }\n'),
    /recognition\.command\.run: a list of a program and its arguments is expected/,
  );
});
