import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createTenant } from '../../testkit/api-client.ts';
import { createPlivoFixture, type PlivoFixture } from '../../testkit/plivo-fixture.ts';

/** Requests that SDKs send by mistake (sdks.md §9); the third, a query in the path of a pool's number, works as it was meant. */
describe('paths that an SDK leaves parts out of', () => {
  let fixture: PlivoFixture;
  let who: ApiClient;
  before(async () => {
    fixture = await createPlivoFixture();
    who = await createTenant(fixture, 'Misdirected');
  });
  after(() => fixture.close());
  const UUID = '2e802f94-cc03-4e35-b4c8-5a0328544135';

  it('are not found, in the form of every error', async () => {
    for (const { status, body } of [
      await who.delete(`/v1/Account/${who.authId}/${UUID}/`, {}),
      await who.get(`/v1/${UUID}/Stream`),
    ]) {
      assert.deepEqual([status, body.error, body.error_code], [404, 'not found', 'not_found']);
    }
  });
});
