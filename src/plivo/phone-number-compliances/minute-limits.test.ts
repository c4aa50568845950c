import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, createTenant } from '../../../testkit/api-client.ts';
import { basic, createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';

describe('compliance of numbers', () => {
  let fixture: PlivoFixture;
  let api: ApiClient;
  before(async () => {
    fixture = await createPlivoFixture();
    api = await createTenant(fixture, 'Limited');
    await fixture.services.accounts.update(api.authId, { settings: {} }, new Date(fixture.clock.now()));
    fixture.services.directory.invalidate(api.authId);
  });
  after(() => fixture.close());

  const ask = async (path: string) => {
    const url = `/v1/Account/${api.authId}/PhoneNumber/Compliance/${path}`;
    return fixture.http.inject({ url, headers: basic(api) });
  };
  const requirements = () => ask('Requirements/?country_iso=IN&number_type=local&user_type=business');

  it('answers 60 requests a minute, and 100 about requirements, counted apart; then 429 with the time to wait', async () => {
    for (let asked = 0; asked < 60; asked++) assert.equal((await ask('')).statusCode, 200);
    for (let asked = 0; asked < 100; asked++) assert.equal((await requirements()).statusCode, 200);
    for (const refused of [await ask(''), await ask('x/'), await requirements()]) {
      assert.equal(refused.statusCode, 429);
      const wait = Number(refused.headers['retry-after']);
      assert.ok(wait >= 1 && wait <= 60, String(refused.headers['retry-after']));
      assert.equal(refused.json().error_code, 'rate_limit_exceeded');
    }
    await fixture.clock.advance(61_000);
    assert.equal((await ask('')).statusCode, 200);
    assert.equal((await requirements()).statusCode, 200);
  });
});
