import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import { createTestDatabase, type TestDatabase } from '../../../testkit/test-database.ts';
import { Problem } from '../../errors/catalogue.ts';
import type { CarrierInbound } from '../carrier.ts';
import { VirtualPhones } from './phones.ts';
import { SimulatorStore } from './simulator-store.ts';

const OWN = '14155550100';
const PHONE = '14155550123';

describe('virtual phones', () => {
  let database: TestDatabase;
  let phones: VirtualPhones;
  let store: SimulatorStore;
  const brought: Omit<CarrierInbound, 'carrier' | 'link' | 'receivedAt'>[] = [];

  before(async () => {
    database = await createTestDatabase();
    store = new SimulatorStore(database.storage.pool);
    phones = new VirtualPhones({
      store,
      isOwnNumber: async (digits) => digits === OWN || digits === '72345',
      async fetchMedia(url) {
        if (url.includes('missing')) throw new Error('404');
        return { contentType: 'image/png', bytes: Uint8Array.of(1) };
      },
      async bringIn(message) {
        brought.push(message);
      },
    });
  });
  after(() => database.close());
  beforeEach(() => {
    brought.length = 0;
  });

  const problemOf = async (attempt: Promise<unknown>) => {
    const problem: unknown = await attempt.then(
      () => undefined,
      (error: unknown) => error,
    );
    assert.ok(problem instanceof Problem);
    return `${problem.status} ${problem.parameter ?? ''}`.trim();
  };

  it('text a number of this instance', async () => {
    await phones.text('+1 415 555 0123', `+${OWN}`, 'é'.repeat(161));
    assert.deepEqual(brought, [{ from: PHONE, to: OWN, service: 'sms', text: 'é'.repeat(161), parts: 2, media: [] }]);
    await phones.text(PHONE, '72345', 'STOP');
    assert.equal(brought[1]?.to, '72345');
  });

  it('send MMS, with or without a text', async () => {
    await phones.text(PHONE, OWN, '', ['http://127.0.0.1/a.png']);
    assert.deepEqual([brought[0]?.service, brought[0]?.parts, brought[0]?.media.length], ['mms', 1, 1]);
  });

  it('are told what is wrong', async () => {
    assert.equal(await problemOf(phones.text('12x', OWN, 'hi')), '400 number');
    assert.equal(await problemOf(phones.text(PHONE, '', 'hi')), '400 to');
    assert.equal(await problemOf(phones.text(PHONE, '12x', 'hi')), '400 to');
    assert.equal(await problemOf(phones.text(OWN, OWN, 'hi')), '400 to');
    assert.equal(await problemOf(phones.text(PHONE, OWN, '')), '400 text');
    assert.equal(await problemOf(phones.text(PHONE, OWN, 'a'.repeat(1601))), '400 text');
    assert.equal(await problemOf(phones.text(PHONE, '14155550199', 'hi')), '404');
    assert.equal(await problemOf(phones.text(PHONE, OWN, 'hi', ['http://127.0.0.1/missing'])), '400 media_urls');
    assert.equal(await problemOf(phones.text(PHONE, OWN, 'hi', Array(11).fill('http://127.0.0.1/a.png'))), '400 media_urls');
    assert.equal(await problemOf(phones.receive('12x')), '400 number');
    assert.equal(brought.length, 0);
  });

  it('show what they received, newest last, the newest of it', async () => {
    const write = (count: number, phone: string) => ({
      message: {
        messageId: `0190a5b0-0000-7000-8000-00000000000${count}`,
        attempt: 1,
        phone,
        from: OWN,
        service: 'mms' as const,
        text: `message ${count}`,
        mediaUrls: ['http://127.0.0.1/a.png'],
        receivedAt: 1_768_209_242_000 + count,
      },
      pending: [],
    });
    await store.save([write(1, PHONE), write(2, PHONE), write(3, '14155550124'), write(4, PHONE)]);
    await store.save([write(4, PHONE)]);
    const received = await phones.receive(`+${PHONE}`, 2);
    assert.deepEqual(
      received.map(({ text }) => text),
      ['message 2', 'message 4'],
    );
    assert.deepEqual(received[1], write(4, PHONE).message);
    assert.deepEqual(await phones.receive('14155550199'), []);
  });
});
