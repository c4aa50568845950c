import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, describe, it } from 'node:test';
import { pino } from 'pino';
import { type ApiClient, createTenant } from '../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../testkit/plivo-fixture.ts';
import { RecordedCalls } from '../../testkit/recorded-calls.ts';
import { invalidParameter } from '../errors/catalogue.ts';
import { derivedUuid } from '../runtime/ids.ts';
import { buildPhlo } from './build-phlo.ts';
import type { PhloSource } from './phlo.ts';
import { PhloMessages } from './phlo-messages.ts';

const NUMBER = '14155550100';
const WRITER = '14155550123';

describe('a message that runs a PHLO', () => {
  const voice = new RecordedCalls();
  const logged: string[] = [];
  let fixture: PlivoFixture;
  let api: ApiClient;
  before(async () => {
    fixture = await createPlivoFixture({ voice });
    api = await createTenant(fixture, 'Written');
  });
  after(() => fixture.close());

  const relayTo = async (source: PhloSource, rooms: readonly string[] = []) => {
    const { ids, phlos } = fixture.services;
    const phlo = buildPhlo(
      {
        phloId: ids.uuid(),
        accountId: api.authId,
        ownerId: api.authId,
        name: 'flow',
        from: undefined,
        source,
        nodes: rooms.map((name) => ({ nodeId: undefined, type: 'multi_party_call', name, voicemailUrl: undefined })),
        createdAt: new Date(),
      },
      phlos.language,
    );
    assert.ok(!('reason' in phlo));
    assert.ok(await phlos.store.insert(phlo));
    const messages = new PhloMessages({
      store: phlos.store,
      runs: phlos.runs,
      phloOf: async () => phlo.phloId,
      account: (authId) => fixture.services.directory.find(authId),
      log: pino({}, { write: (line) => void logged.push(line) }),
    });
    const relay = (text: string, id = ids.uuid()) =>
      messages.relay({ id, to: NUMBER, from: WRITER, service: 'sms', text, mediaIds: [] });
    return { phlo, relay };
  };
  const url = { kind: 'url', url: 'http://app.example/flow?text={{Text}}' } as const;

  it('leaves the run as it is when it is handed over again and could not be run any more', async () => {
    const { phlo, relay } = await relayTo(url);
    const id = fixture.services.ids.uuid();
    assert.equal(await relay('Hello', id), true);
    voice.refuseNext = invalidParameter('from', 'from parameter is invalid');
    assert.equal(await relay('Hello', id), true);
    assert.ok(await fixture.services.phlos.runs.find(phlo, derivedUuid(id, 'phlo')));
  });

  it('that cannot be run is logged with the reason, and without what was written', async () => {
    const xml = '<Response><MultiPartyCall role="{{Text}}">x</MultiPartyCall></Response>';
    const { relay } = await relayTo({ kind: 'document', xml });
    logged.length = 0;
    assert.equal(await relay('my secret'), true);
    assert.match(String(logged), /the XML of the PHLO cannot be run with the values of this run/);
    assert.doesNotMatch(String(logged), /my secret|14155550123/);
  });

  it('may say what cannot be the name of a room', async () => {
    const { relay } = await relayTo(url, ['room {{Text}}']);
    for (const text of ['a\u0000b', 'half \ud83d', randomBytes(4_000).toString('hex')]) {
      voice.taken();
      assert.equal(await relay(text), true);
      assert.equal(voice.taken()[0], 'place');
    }
  });
});
