import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { PhloStore } from '../phlo/phlo-store.ts';
import { systemClock } from '../runtime/clock.ts';
import { createIds } from '../runtime/ids.ts';
import { createSystemRandom } from '../runtime/random.ts';
import { createSealing } from '../storage/sealing.ts';
import { applyConfig } from './apply-config.ts';
import { ConfigError } from './config-error.ts';
import { parseConfig } from './yaml-file.ts';

const A = 'MAPHLOS0000000000001';
const B = 'MAPHLOS0000000000002';
const SUB = 'SAPHLOS0000000000001';
const ID = '2e802f94-cc03-4e35-b4c8-5a0328544135';
const ids = createIds(systemClock, createSystemRandom());
const sealing = createSealing(randomBytes(32));

const accounts = `
accounts:
  - { auth_id: ${A}, auth_token: ${'a'.repeat(40)} }
  - { auth_id: ${B}, auth_token: ${'b'.repeat(40)} }
subaccounts:
  - { auth_id: ${SUB}, account: ${A}, auth_token: ${'c'.repeat(40)} }
`;
const flow = (name: string, more = '') => `${accounts}
phlos:
  - phlo_id: ${ID.toUpperCase()}
    account: ${A}
    subaccount: ${SUB}
    name: ${name}
    from: 14155550100
    xml: |
      <Response>
        <Conference>room {{n}}</Conference>
      </Response>
    nodes: [{ type: multi_party_call, name: other, voicemail_url: "http://app.example/a.mp3" }]
${more}`;

describe('PHLOs of the configuration file', () => {
  let database: TestDatabase;
  before(async () => {
    database = await createTestDatabase();
  });
  after(() => database.close());
  const apply = async (text: string) => {
    const context = { pool: database.storage.pool, sealing, ids, at: new Date() };
    const changes = await applyConfig(parseConfig(text, 'x.yaml'), context);
    return changes.filter(({ kind }) => kind === 'phlo').map(({ name, change }) => `${change} ${name}`);
  };
  const refusal = async (text: string) => {
    const error = await apply(text).catch((reason: unknown) => reason);
    assert.ok(error instanceof ConfigError, String(error));
    return error.message;
  };

  it('are made, changed, and left alone where nothing is new', async () => {
    assert.deepEqual(await apply(flow('Support')), ['added Support']);
    assert.deepEqual(await apply(flow('Support')), []);
    assert.deepEqual(await apply(flow('Sales')), ['changed Sales']);
    const found = await new PhloStore(database.storage.pool).find({ accountId: A, subaccountId: SUB }, ID);
    assert.ok(found?.source.kind === 'document');
    assert.deepEqual([found.name, found.from, found.ownerId], ['Sales', '14155550100', SUB]);
    assert.match(found.source.xml, /room \{\{n\}\}/);
    assert.deepEqual(
      found.nodes.map(({ type, name, voicemailUrl }) => [type, name, voicemailUrl]),
      [
        ['conference_bridge', 'room {{n}}', null],
        ['multi_party_call', 'other', 'http://app.example/a.mp3'],
      ],
    );
  });

  it('stay when the file no longer names them', async () => {
    assert.deepEqual(await apply(accounts), []);
    assert.ok(await new PhloStore(database.storage.pool).findAny(ID));
  });

  it('are refused with the place of what is wrong', async () => {
    const entry = (rest: string) => `${accounts}\nphlos:\n  - { phlo_id: ${ID}, account: ${A}, name: x, ${rest} }`;
    assert.match(await refusal(entry('xml: "<Response/>", url: "http://a.example/"')), /phlos\[0\]: either xml or url/);
    assert.match(await refusal(entry('from: 1415')), /either xml or url/);
    assert.match(await refusal(entry('xml: "<Response><Say/></Response>"')), /phlos\[0\]: .*no element that is known/);
    assert.match(await refusal(entry('url: "ftp://a.example/"')), /phlos\[0\]\.url: an http or https URL/);
    assert.match(await refusal(entry('xml: "<Response/>", node: 1')), /unknown key/);
    assert.match(await refusal(entry('xml: "<Response/>"').replace(ID, 'x')), /a UUID such as/);
    assert.match(await refusal(flow('x').replace(`account: ${A}\n    sub`, `account: ${B}\n    sub`)), /is no subaccount of/);
    const others = `${accounts}\nphlos:\n  - { phlo_id: ${ID}, account: ${B}, name: x, xml: "<Response/>" }`;
    assert.match(await refusal(others), /phlos\[0\]\.phlo_id: belongs to another account/);
    const twice = flow('x', `  - { phlo_id: ${ID}, account: ${A}, name: y, xml: "<Response/>" }`);
    assert.match(await refusal(twice), /stands at phlos\[0\] already/);
  });
});
