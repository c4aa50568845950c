import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { basic, call, list, raw, record } from './api.ts';
import { fixture, OTHER_AUTH_ID, OWN_NUMBER, PHONE } from './fixture.ts';
import { openTarget, type Target } from './target.ts';
import { allSignaturesValid, checkSignatures, WebhookReceiver } from './webhook-receiver.ts';

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

describe('manners of the whole API', () => {
  let target: Target;
  let receiver: WebhookReceiver;
  before(async () => {
    receiver = await WebhookReceiver.start();
    target = await openTarget({ name: 'manners', config: fixture });
  });
  after(async () => {
    await target?.dispose();
    await receiver?.stop();
  });
  const account = () => `/v1/Account/${target.authId}`;

  describe('authentication', () => {
    it('refuses no, wrong, malformed and foreign credentials with 401 and a string error', async () => {
      const { authId, authToken } = target;
      const headers = [
        undefined,
        basic(authId, 'wrong'),
        basic('MAXXXXXXXXXXXXXXXXXX', authToken),
        basic('', ''),
        'Basic !!!',
        'Basic',
        `Bearer ${authToken}`,
        basic(`${authId}'--`, authToken),
      ];
      for (const authorization of headers) {
        for (const path of [`${account()}/`, `${account()}/Message/`, `${account()}/Number/${OWN_NUMBER}/`]) {
          const answer = await call(target, path, {
            anonymous: true,
            headers: authorization === undefined ? {} : { authorization },
          });
          assert.equal(answer.status, 401, `${authorization} ${path}`);
          assert.equal(typeof answer.json.error, 'string');
          assert.equal(answer.json.error_code, 'authentication_failed');
        }
      }
    });

    it('does not let one account into the path of another', async () => {
      for (const path of [`/v1/Account/${OTHER_AUTH_ID}/`, `/v1/Account/${OTHER_AUTH_ID}/Message/`]) {
        const answer = await call(target, path);
        assert.ok([401, 403, 404].includes(answer.status), String(answer.status));
        assert.equal(answer.json.objects, undefined);
      }
    });
  });

  describe('replies', () => {
    it('carry a fresh api_id, on success and on error, as JSON', async () => {
      const seen = new Set<string>();
      for (const [path, status] of [
        ['', 200],
        ['Message/', 200],
        ['Nonsense/', 404],
        ['Message/unknown/', 404],
        ['Number/?limit=x', 400],
      ] as const) {
        const answer = await call(target, path);
        assert.equal(answer.status, status, path);
        assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
        assert.match(String(answer.json.api_id), UUID);
        seen.add(String(answer.json.api_id));
        if (status >= 400) assert.equal(typeof answer.json.error, 'string');
        else assert.ok(!('error' in answer.json));
      }
      assert.equal(seen.size, 5);
    });

    it('answer 405 with Allow to a known path with another verb', async () => {
      for (const [method, path] of [
        ['PUT', 'Message/'],
        ['DELETE', ''],
        ['PATCH', 'Application/'],
        ['DELETE', 'Message/5b0e1a40-8c11-41f0-a3b7-0242ac110003/'],
      ] as const) {
        const answer = await call(target, path, { method, body: '{}' });
        assert.deepEqual([answer.status, answer.json.error_code], [405, 'method_not_allowed'], `${method} ${path}`);
        assert.match(answer.headers.get('allow') ?? '', /GET/);
      }
    });

    it('to DELETE are 204 without body but with a JSON content type', async () => {
      const created = await call(target, 'Application/', { body: { app_name: 'gone', answer_url: 'http://127.0.0.1:9/' } });
      const answer = await call(target, `Application/${String(created.json.app_id)}/`, { method: 'DELETE' });
      assert.deepEqual([answer.status, answer.text], [204, '']);
      assert.match(answer.headers.get('content-type') ?? '', /^application\/json/);
    });
  });

  describe('paths', () => {
    it('work with and without trailing slash and with doubled ones, without redirects', async () => {
      for (const path of [
        account(),
        `${account()}/`,
        `${account()}//`,
        `//v1/Account/${target.authId}/`,
        `${account()}/Message`,
        `${account()}//Message//`,
        `${account()}/Number/${OWN_NUMBER}`,
        `${account()}/Number//${OWN_NUMBER}//`,
        `${account()}/Number/?`,
        `${account()}/Number//?limit=2&?search=hack`,
      ]) {
        assert.equal((await call(target, path)).status, 200, path);
      }
    });

    it('are refused when they cannot be decoded', async () => {
      for (const path of [
        `${account()}/Message/%ZZ/`,
        `${account()}/Message/%ff%fe/`,
        `${account()}/Message/%00/`,
        `${account()}/Number/..%2f..%2f`,
      ]) {
        const answer = await call(target, path);
        assert.ok([400, 404].includes(answer.status), `${path} ${answer.status}`);
        assert.equal(typeof answer.json.error, 'string');
      }
    });
  });

  describe('bodies', () => {
    it('may be absent, empty, {}, "" or chunked, on every verb', async () => {
      const head = (method: string, path: string) =>
        `${method} ${account()}/${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\nAuthorization: ${basic(target.authId, target.authToken)}\r\nContent-Type: application/json\r\n`;
      for (const body of [
        'Content-Length: 0\r\n\r\n',
        'Content-Length: 2\r\n\r\n{}',
        'Content-Length: 2\r\n\r\n""',
        'Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      ]) {
        assert.match(await raw(target.url, head('GET', '') + body), /^HTTP\/1\.1 200 /, `GET ${body}`);
        assert.match(await raw(target.url, head('POST', '') + body), /^HTTP\/1\.1 202 /, `POST ${body}`);
        assert.match(await raw(target.url, head('POST', 'Message/') + body), /^HTTP\/1\.1 400 /, `POST Message ${body}`);
        assert.match(
          await raw(target.url, head('DELETE', 'Application/99999999999999999/') + body),
          /^HTTP\/1\.1 404 /,
          `DELETE ${body}`,
        );
      }
    });

    it('of DELETE may hold the arguments, as may the query, and the body wins', async () => {
      const subaccount = async () => {
        const created = await call(target, 'Subaccount/', { body: { name: 'with app', enabled: 'true' } });
        const sub = String(created.json.auth_id);
        const app = await call(target, 'Application/', {
          body: { app_name: 'held', answer_url: 'http://127.0.0.1:9/', subaccount: sub },
        });
        return { sub, app: String(app.json.app_id) };
      };
      const cases: [string, Record<string, unknown> | undefined, number][] = [
        ['?cascade=true', undefined, 404],
        ['?cascade=True', undefined, 404],
        ['', { cascade: 'true' }, 404],
        ['', { cascade: true }, 404],
        ['?cascade=true', { cascade: 'false' }, 200],
        ['', undefined, 200],
      ];
      for (const [query, body, left] of cases) {
        const { sub, app } = await subaccount();
        const answer = await call(target, `Subaccount/${sub}/${query}`, {
          method: 'DELETE',
          ...(body === undefined ? {} : { body }),
        });
        assert.equal(answer.status, 204);
        assert.equal((await call(target, `Application/${app}/`)).status, left, `${query} ${JSON.stringify(body)}`);
      }
    });

    it('may hold unknown parameters, numbers as strings, booleans as strings', async () => {
      const answer = await call(target, 'Message/', {
        body: {
          src: OWN_NUMBER,
          dst: PHONE,
          text: 'x',
          unknown: { deep: [1] },
          message_expiry: '60',
          trackable: 'False',
          log: true,
        },
      });
      assert.equal(answer.status, 202, answer.text);
      assert.equal((await call(target, 'Number/?nonsense=1')).status, 200);
    });
  });

  describe('lists', () => {
    it('page by limit and offset with relative links', async () => {
      for (const name of ['pg-1', 'pg-2', 'pg-3'])
        await call(target, 'Application/', { body: { app_name: name, answer_url: 'http://127.0.0.1:9/' } });
      const page = async (query: string) => (await call(target, `Application/?app_name=pg-&${query}`)).json;
      const first = await page('limit=1');
      assert.deepEqual([record(first.meta).limit, record(first.meta).offset, record(first.meta).total_count], [1, 0, 3]);
      assert.equal(record(first.meta).previous, null);
      const seen: unknown[] = [];
      let next: unknown = `${account()}/Application/?app_name=pg-&limit=1`;
      while (typeof next === 'string') {
        const current = (await call(target, next)).json;
        seen.push(...list(current.objects).map((app) => app.app_name));
        next = record(current.meta).next;
        assert.ok(seen.length <= 3, 'the links end');
      }
      assert.deepEqual(seen.toSorted(), ['pg-1', 'pg-2', 'pg-3']);
      const last = await page('limit=1&offset=2');
      assert.deepEqual([record(last.meta).next, typeof record(last.meta).previous], [null, 'string']);
      assert.deepEqual(list((await page('offset=100')).objects), []);
      assert.equal(record((await call(target, 'Application/')).json.meta).limit, 20);
      for (const query of ['limit=0', 'limit=21', 'limit=-1', 'limit=ten', 'offset=-1', 'offset=x', 'limit=1.5']) {
        const answer = await call(target, `Application/?${query}`);
        assert.deepEqual([answer.status, answer.json.error_code], [400, 'invalid_parameter'], query);
      }
    });
  });

  describe('asynchronous requests', () => {
    it('answer at once and post the real reply to callback_url', async () => {
      const answer = await call(target, 'Message/', {
        body: { src: OWN_NUMBER, dst: PHONE, text: 'later', callback_url: receiver.url('/async') },
      });
      assert.equal(answer.json.message, 'async api spawned');
      assert.match(String(answer.json.api_id), UUID);
      assert.equal(answer.json.message_uuid, undefined);
      const request = await receiver.waitFor('asynchronous reply', (got) => got.path === '/async');
      assert.equal(request.method, 'POST');
      assert.ok(`${request.body}`.includes('message(s) queued'), request.body);
      assert.ok(request.body.includes(String(answer.json.api_id)), 'with the same api_id');
      assert.deepEqual(checkSignatures(request, target.authToken, target.authToken), allSignaturesValid);
    });

    it('take callback_method GET, arguments in the query, and report errors too', async () => {
      await call(target, `Number/00000000/?callback_url=${encodeURIComponent(receiver.url('/async-get'))}&callback_method=GET`);
      const request = await receiver.waitFor('asynchronous error', (got) => got.path === '/async-get');
      assert.equal(request.method, 'GET');
      assert.match(JSON.stringify(request.params), /not found|404/);
    });

    it('refuse a callback_url that is none', async () => {
      for (const callback_url of ['nonsense', 'ftp://127.0.0.1/', 'javascript:alert(1)']) {
        assert.equal(
          (await call(target, 'Message/', { body: { src: OWN_NUMBER, dst: PHONE, text: 'x', callback_url } })).status,
          400,
        );
      }
    });
  });

  it('serves a description of itself as OpenAPI 3.1', async () => {
    const answer = await fetch(`${target.url}/openapi.json`);
    assert.equal(answer.status, 200);
    const document = record(await answer.json());
    assert.match(String(document.openapi), /^3\.1\.\d+$/);
    assert.equal(typeof record(document.info).title, 'string');
    assert.equal(typeof record(document.info).version, 'string');
    const paths = record(document.paths);
    const seen = new Set<string>();
    for (const [path, item] of Object.entries(paths)) {
      assert.match(path, /^\//);
      for (const [verb, operation] of Object.entries(record(item))) {
        if (verb === 'parameters') continue;
        assert.match(verb, /^(get|put|post|delete|options|head|patch|trace)$/, path);
        const { responses, parameters, operationId } = record(operation);
        assert.ok(Object.keys(record(responses)).length > 0, `${verb} ${path} has responses`);
        for (const code of Object.keys(record(responses))) assert.match(code, /^([1-5]\d\d|[1-5]XX|default)$/, `${verb} ${path}`);
        if (operationId !== undefined) {
          assert.ok(!seen.has(String(operationId)), `operationId ${String(operationId)} is there once`);
          seen.add(String(operationId));
        }
        const inPath = [...list(parameters), ...list(record(item).parameters)].filter((parameter) => parameter.in === 'path');
        for (const [, name] of path.matchAll(/\{([^}]+)\}/g)) {
          const parameter = inPath.find((candidate) => candidate.name === name);
          assert.equal(parameter?.required, true, `${verb} ${path} declares ${name}`);
        }
      }
    }
    for (const resource of ['Message/', 'Media/', 'Number/', 'Application/', 'Subaccount/', 'PhoneNumber/', 'IncomingCarrier/']) {
      assert.ok(
        Object.keys(paths).some((path) => path.endsWith(resource) || path.endsWith(resource.slice(0, -1))),
        resource,
      );
    }
    const references = JSON.stringify(document).matchAll(/"\$ref":"#\/([^"]+)"/g);
    for (const [, pointer = ''] of references) {
      let at: unknown = document;
      for (const step of pointer.split('/')) at = record(at)[step.replaceAll('~1', '/').replaceAll('~0', '~')];
      assert.notEqual(at, undefined, pointer);
    }
  });

  it('shows health without credentials, and operator routes only with the operator token', async () => {
    assert.equal((await fetch(`${target.url}/healthz`)).status, 200);
    assert.equal((await fetch(`${target.url}/metrics`)).status, 200);
    for (const authorization of ['', `Bearer ${target.authToken}`, basic(target.authId, target.authToken)]) {
      const answer = await fetch(`${target.url}/ringdown/v1/phones/${PHONE}/messages`, {
        headers: authorization === '' ? {} : { authorization },
      });
      await answer.body?.cancel();
      assert.equal(answer.status, 401, authorization);
    }
  });
});
