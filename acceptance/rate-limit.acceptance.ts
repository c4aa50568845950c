import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { call } from './api.ts';
import { OTHER_AUTH_ID, OTHER_AUTH_TOKEN } from './fixture.ts';
import { AUTH_ID, AUTH_TOKEN, startServer } from './server.ts';

describe('request limit', () => {
  it('lets an account make 300 requests in 5 seconds, answers 429 with Retry-After beyond, and others go on', async () => {
    await using server = await startServer({
      name: 'rate-limit',
      config: {
        accounts: [
          { auth_id: AUTH_ID, auth_token: AUTH_TOKEN, name: 'Busy', timezone: 'UTC' },
          { auth_id: OTHER_AUTH_ID, auth_token: OTHER_AUTH_TOKEN, name: 'Quiet', timezone: 'UTC' },
        ],
      },
    });
    const began = performance.now();
    const replies = [];
    for (let batch = 0; batch < 20; batch++)
      replies.push(...(await Promise.all(Array.from({ length: 20 }, () => call(server, '')))));
    const seconds = (performance.now() - began) / 1000;
    const refusedReplies = replies.filter((reply) => reply.status === 429);
    const passed = replies.length - refusedReplies.length;
    assert.ok(passed >= 300, `${passed} passed`);
    // A limit of 300 in 5 s lets pass what the time this took has earned beyond the first 300.
    assert.ok(passed <= 300 + Math.ceil(seconds * 60) + 5, `${passed} passed in ${seconds} s`);
    assert.ok(refusedReplies.length > 0);
    for (const reply of refusedReplies) {
      assert.equal(reply.json.error_code, 'rate_limit_exceeded');
      assert.equal(typeof reply.json.error, 'string');
      assert.match(reply.headers.get('retry-after') ?? '', /^\d+$/);
    }
    assert.equal((await call({ url: server.url, authId: OTHER_AUTH_ID, authToken: OTHER_AUTH_TOKEN }, '')).status, 200);
    const wait = Number(refusedReplies.at(-1)?.headers.get('retry-after'));
    assert.ok(wait >= 1 && wait <= 5, `Retry-After ${wait}`);
    await new Promise((resolve) => setTimeout(resolve, wait * 1000 + 200));
    assert.equal((await call(server, '')).status, 200, 'after Retry-After seconds it works again');
  });
});
