import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import Fastify from 'fastify';
import { answerSdkReports } from './sdk-reports.ts';

async function server() {
  const http = Fastify();
  answerSdkReports(http);
  // A neighbour with a parser of its own.
  http.post('/other', async (request) => request.body);
  await http.ready();
  return http;
}

const URLS = ['/v1/browser/validate', '/v1/browser/validate/jwt', '/collect/logs', '/collect/logs/jwt'];

describe('reports of the Browser SDK', () => {
  for (const url of URLS) {
    it(`to ${url} are taken, unread, from every page`, async () => {
      const http = await server();
      for (const type of ['application/json', 'text/plain', 'multipart/form-data; boundary=x']) {
        const answer = await http.inject({ method: 'POST', url, headers: { 'content-type': type }, payload: '{"not: json' });
        assert.deepEqual([answer.statusCode, answer.body], [200, '']);
        assert.equal(answer.headers['access-control-allow-origin'], '*');
      }
    });

    it(`to ${url} may be asked for before`, async () => {
      const http = await server();
      const answer = await http.inject({ method: 'OPTIONS', url });
      assert.equal(answer.statusCode, 204);
      assert.equal(answer.headers['access-control-allow-methods'], 'POST');
      assert.equal(answer.headers['access-control-allow-headers'], 'content-type');
    });
  }

  it('that are too large are refused', async () => {
    const http = await server();
    const answer = await http.inject({
      method: 'POST',
      url: '/collect/logs',
      headers: { 'content-type': 'text/plain' },
      payload: 'x'.repeat(64 * 1024 + 1),
    });
    assert.equal(answer.statusCode, 413);
  });

  it('leave the parsers of other routes alone', async () => {
    const http = await server();
    const answer = await http.inject({ method: 'POST', url: '/other', payload: { text: 'hello' } });
    assert.deepEqual(answer.json(), { text: 'hello' });
  });
});
