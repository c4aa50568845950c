import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { systemClock } from '../runtime/clock.ts';
import { createIds } from '../runtime/ids.ts';
import { createSystemRandom } from '../runtime/random.ts';
import { createSealing } from '../storage/sealing.ts';
import { VerifyApplicationStore } from '../verification/application-store.ts';
import { applyConfig } from './apply-config.ts';
import { ConfigError } from './config-error.ts';
import { parseConfig } from './yaml-file.ts';

const A = 'MAVERIFY000000000001';
const B = 'MAVERIFY000000000002';
const ONE = '2e802f94-cc03-4e35-b4c8-5a0328544137';
const TWO = '2e802f94-cc03-4e35-b4c8-5a0328544138';
const ids = createIds(systemClock, createSystemRandom());
const sealing = createSealing(randomBytes(32));
const accounts = `
accounts:
  - { auth_id: ${A}, auth_token: ${'a'.repeat(40)}, name: Acme }
  - { auth_id: ${B}, auth_token: ${'b'.repeat(40)} }
`;
const entries = (...rows: readonly string[]) =>
  `${accounts}verify_applications:\n${rows.map((row) => `  - { ${row} }\n`).join('')}`;

describe('Verify applications of the configuration file', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());
  const apply = async (text: string) => {
    const context = { pool: database.storage.pool, sealing, ids, at: new Date() };
    const changes = await applyConfig(parseConfig(text, 'x.yaml'), context);
    return changes.filter(({ kind }) => kind === 'Verify application').map(({ name, change }) => `${change} ${name}`);
  };
  const refusal = async (text: string) => {
    const error = await apply(text).catch((reason: unknown) => reason);
    assert.ok(error instanceof ConfigError, String(error));
    return error.message;
  };

  it('are made, changed, and left alone where nothing is new', async () => {
    const shop = `app_uuid: ${ONE}, account: ${A}, name: shop, default: true, channels: [voice, sms], locale: fr_FR, template: "{code}!"`;
    assert.deepEqual(await apply(entries(shop)), ['added shop']);
    assert.deepEqual(await apply(entries(shop)), []);
    const store = new VerifyApplicationStore(database.storage.pool);
    assert.deepEqual(await store.findDefault(A), {
      appId: ONE,
      accountId: A,
      alias: 'shop',
      brandName: 'Acme',
      codeLength: 6,
      expiryS: 600,
      maxAttempts: 5,
      template: '{code}!',
      appHash: null,
      channels: ['voice', 'sms'],
      locale: 'fr_FR',
    });
    const bank = `app_uuid: ${TWO}, account: ${A}, name: bank, default: true, code_length: 8`;
    assert.deepEqual(await apply(entries(bank)), ['added bank']);
    assert.equal((await store.findDefault(A))?.alias, 'bank');
    assert.deepEqual(await apply(entries(bank.replace('length: 8', 'length: 7'))), ['changed bank']);
    assert.equal((await store.list(A)).length, 2);
  });

  it('are refused with the place of what is wrong', async () => {
    const of = (rest: string) => entries(`app_uuid: ${ONE}, account: ${A}, name: x, ${rest}`);
    assert.match(await refusal(of('code_length: 9')), /verify_applications\[0\]\.code_length: a whole number from 4 to 8/);
    assert.match(await refusal(of('channels: [pigeon]')), /one of sms, voice is expected/);
    assert.match(await refusal(of('template: hello')), /a text with \{code\}/);
    assert.match(await refusal(of('alias: x')), /unknown key/);
    assert.match(await refusal(entries(`app_uuid: ${ONE}, account: ${B}, name: x`)), /app_uuid: belongs to another account/);
    const both = [
      `app_uuid: ${ONE}, account: ${A}, name: x, default: true`,
      `app_uuid: ${TWO}, account: ${A}, name: y, default: true`,
    ];
    assert.match(
      await refusal(entries(...both)),
      /verify_applications\[1\]\.default: stands at verify_applications\[0\] already/,
    );
  });
});
