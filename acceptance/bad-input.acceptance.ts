import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { basic, type CallOptions, call, list, raw, record } from './api.ts';
import { FOREIGN_NUMBER, fixture, OWN_NUMBER, PHONE } from './fixture.ts';
import { prepareServer } from './server.ts';
import { openTarget, type Target } from './target.ts';

describe('bad input: a clear error of the catalogue, nothing stored by halves, never a 500', () => {
  let target: Target;
  before(async () => {
    target = await openTarget({ name: 'bad-input', config: fixture });
  });
  after(() => target?.dispose());

  const refused = async (what: string, path: string, options: CallOptions, ...statuses: number[]) => {
    const answer = await call(target, path, options);
    assert.ok(statuses.includes(answer.status), `${what}: ${answer.status} ${answer.text.slice(0, 300)}`);
    assert.equal(typeof answer.json.error, 'string', `${what}: ${answer.text}`);
    assert.notEqual(answer.json.error, '', what);
    assert.equal(typeof answer.json.error_code, 'string', what);
    assert.equal(typeof answer.json.api_id, 'string', what);
  };
  const stored = async () => list((await call(target, 'Message/?limit=20')).json.objects).length;

  it('malformed JSON', async () => {
    for (const body of ['{', '{"src":', "{'src':'1'}", '[1,2', 'nonsense', '{"a":1}}', '\u0000', '{"text":"\u0001"}']) {
      await refused(JSON.stringify(body), 'Message/', { body }, 400);
    }
    for (const body of ['[]', '[{}]', '1', 'true', '"text"']) await refused(body, 'Message/', { body }, 400);
  });

  it('deeply nested JSON and prototype keys', async () => {
    await refused('nested', 'Message/', { body: '['.repeat(50_000) + ']'.repeat(50_000) }, 400, 413);
    const answer = await call(target, 'Message/', {
      body: `{"src":"${OWN_NUMBER}","dst":"${PHONE}","text":"x","__proto__":{"admin":true},"constructor":{"prototype":{}}}`,
    });
    assert.ok([202, 400].includes(answer.status), answer.text);
  });

  it('wrong types', async () => {
    const good = { src: OWN_NUMBER, dst: PHONE, text: 'x' };
    for (const change of [
      { src: { a: 1 } },
      { src: ['1'] },
      { dst: { a: 1 } },
      { dst: [] },
      { dst: true },
      { text: { a: 1 } },
      { text: ['a'] },
      { type: 5 },
      { url: 5 },
      { message_expiry: 'soon' },
      { message_expiry: 5.5 },
      { message_expiry: {} },
      { trackable: 'perhaps' },
      { media_urls: { a: 1 } },
      { type: 'whatsapp', template: 'name' },
      { type: 'whatsapp', location: 'here' },
    ]) {
      await refused(JSON.stringify(change), 'Message/', { body: { ...good, ...change } }, 400);
    }
    await refused('name', 'Subaccount/', { body: { name: { a: 1 } } }, 400);
    await refused('enabled', 'Subaccount/', { body: { name: 'x', enabled: 'perhaps' } }, 400);
  });

  it('oversized bodies', async () => {
    const head = (length: number) =>
      `POST /v1/Account/${target.authId}/Message/ HTTP/1.1\r\nHost: x\r\nAuthorization: ${basic(target.authId, target.authToken)}\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`;
    for (const length of [20 * 1024 * 1024, 99_999_999_999]) {
      const answer = await raw(target.url, `${head(length)}{"text":"${'a'.repeat(100_000)}`);
      assert.match(answer, /^HTTP\/1\.1 413 /);
      assert.match(answer, /"error_code":"payload_too_large"/);
    }
    const header = `GET /v1/Account/${target.authId}/ HTTP/1.1\r\nHost: x\r\nX-Big: ${'a'.repeat(200_000)}\r\n\r\n`;
    assert.match(await raw(target.url, header), /^HTTP\/1\.1 4\d\d /);
  });

  it('broken multipart', async () => {
    const type = (value: string) => ({ headers: { 'content-type': value } });
    await refused('no boundary', 'Media/', { body: 'x', ...type('multipart/form-data') }, 400, 415);
    await refused(
      'cut off',
      'Media/',
      {
        body: '--b\r\nContent-Disposition: form-data; name="file"; filename="a.gif"\r\nContent-Type: image/gif\r\n\r\nGIF',
        ...type('multipart/form-data; boundary=b'),
      },
      400,
    );
    await refused('not multipart inside', 'Media/', { body: 'hello', ...type('multipart/form-data; boundary=b') }, 400);
    await refused(
      'form on JSON route',
      'Message/',
      { body: 'src=1&dst=2', ...type('application/x-www-form-urlencoded') },
      400,
      415,
    );
    await refused(
      'multipart on JSON route',
      'Message/',
      { body: '--b--\r\n', ...type('multipart/form-data; boundary=b') },
      400,
      415,
    );
    await refused('XML', 'Message/', { body: '<a/>', ...type('text/xml') }, 400, 415);
    assert.equal(list((await call(target, 'Media/')).json.objects).length, 0, 'nothing stored by halves');
  });

  it('invalid UTF-8', async () => {
    const body = Buffer.concat([
      Buffer.from(`{"src":"${OWN_NUMBER}","dst":"${PHONE}","text":"`),
      Buffer.from([0xff, 0xfe, 0xc3, 0x28]),
      Buffer.from('"}'),
    ]);
    await refused('invalid UTF-8', 'Message/', { body }, 400);
    const lone = await call(target, 'Message/', {
      body: `{"src":"${OWN_NUMBER}","dst":"${PHONE}","text":"lone \\ud800 surrogate"}`,
    });
    assert.ok([202, 400].includes(lone.status), lone.text);
    const nul = await call(target, 'Message/', { body: `{"src":"${OWN_NUMBER}","dst":"${PHONE}","text":"nul \\u0000 inside"}` });
    assert.ok([202, 400].includes(nul.status), nul.text);
    await refused('NUL in a name', 'Application/', { body: '{"app_name":"a\\u0000b","answer_url":"http://127.0.0.1:9/"}' }, 400);
  });

  it('unknown numbers and numbers of other accounts', async () => {
    await refused('unknown', 'Number/14155559999/', {}, 404);
    await refused('foreign', `Number/${FOREIGN_NUMBER}/`, {}, 404);
    await refused('not a number', 'Number/abc/', {}, 404, 400);
    await refused('update foreign', `Number/${FOREIGN_NUMBER}/`, { body: { alias: 'mine' } }, 404);
    await refused('release foreign', `Number/${FOREIGN_NUMBER}/`, { method: 'DELETE' }, 404);
    await refused('buy unknown', 'PhoneNumber/14155559999/', { method: 'POST' }, 404);
  });

  it('texts too long, too many destinations', async () => {
    const before = await stored();
    await refused('10,001 characters', 'Message/', { body: { src: OWN_NUMBER, dst: PHONE, text: 'a'.repeat(10_001) } }, 400);
    await refused('1601 GSM', 'Message/', { body: { src: OWN_NUMBER, dst: PHONE, text: 'a'.repeat(1601) } }, 400);
    await refused('738 UCS-2', 'Message/', { body: { src: OWN_NUMBER, dst: PHONE, text: '你'.repeat(738) } }, 400);
    await refused('empty', 'Message/', { body: { src: OWN_NUMBER, dst: PHONE, text: '' } }, 400);
    await refused('missing', 'Message/', { body: { src: OWN_NUMBER, dst: PHONE } }, 400);
    const numbers = (count: number) => Array.from({ length: count }, (_, n) => `1415556${String(n).padStart(4, '0')}`).join('<');
    await refused('1001 destinations', 'Message/', { body: { src: OWN_NUMBER, dst: numbers(1001), text: 'x' } }, 400);
    assert.equal(await stored(), before);
    const most = await call(target, 'Message/', { body: { src: OWN_NUMBER, dst: numbers(1000), text: 'x' } });
    assert.equal(most.status, 202, most.text);
    assert.equal(list(most.json.message_uuid).length, 1000);
  });

  it('SQL injection attempts are data', async () => {
    const bait = `'; DROP TABLE messages; --`;
    const created = await call(target, 'Subaccount/', { body: { name: bait } });
    assert.equal(created.status, 201);
    assert.equal((await call(target, `Subaccount/${String(created.json.auth_id)}/`)).json.name, bait);
    for (const path of [
      `Message/?from_number=${encodeURIComponent(bait)}`,
      `Message/?conversation_id=${encodeURIComponent("x' OR '1'='1")}`,
      `Application/?app_name=${encodeURIComponent("%' OR 1=1 --")}`,
      `Number/?alias=${encodeURIComponent(bait)}&number_startswith=${encodeURIComponent("1'||'")}`,
      `Number/${encodeURIComponent(`${OWN_NUMBER}' OR '1'='1`)}/`,
      `Message/${encodeURIComponent("1' UNION SELECT 1")}/`,
      `Subaccount/${encodeURIComponent("SA' OR ''='")}/`,
    ]) {
      const answer = await call(target, path);
      assert.ok(answer.status < 500, `${path}: ${answer.status}`);
      if (answer.status === 200) assert.deepEqual(list(answer.json.objects), [], path);
    }
    for (const wild of ['%25', '_', '%5C']) {
      assert.deepEqual(list((await call(target, `Application/?app_name=${wild}zz`)).json.objects), [], wild);
    }
    assert.equal((await call(target, 'Message/')).status, 200);
  });

  it('header injection attempts are refused or harmless', async () => {
    for (const url of [
      'http://127.0.0.1:9/a\r\nX-Evil: 1',
      'http://127.0.0.1:9/\nHost: evil',
      'http://user:pass\r\n@127.0.0.1/',
    ]) {
      const answer = await call(target, 'Message/', { body: { src: OWN_NUMBER, dst: PHONE, text: 'x', url } });
      assert.equal(answer.status, 400, JSON.stringify(url));
    }
    const form = `--b\r\nContent-Disposition: form-data; name="file"; filename="a\r\n\tX-Evil: 1.gif"\r\nContent-Type: image/gif\r\n\r\nGIF89a\r\n--b--\r\n`;
    const upload = await call(target, 'Media/', { body: form, headers: { 'content-type': 'multipart/form-data; boundary=b' } });
    assert.ok(upload.status < 500, upload.text);
    const dotted = `--b\r\nContent-Disposition: form-data; name="file"; filename="../../../../etc/passwd"\r\nContent-Type: image/gif\r\n\r\nGIF89a\r\n--b--\r\n`;
    const traversal = await call(target, 'Media/', {
      body: dotted,
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    });
    assert.ok(traversal.status < 500, traversal.text);
    for (const object of list(traversal.json.objects)) assert.ok(!String(object.media_url ?? '').includes('..'));
    const smuggle = `GET /v1/Account/${target.authId}/ HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /healthz HTTP/1.1\r\nHost: x\r\n\r\n`;
    assert.match(await raw(target.url, smuggle), /^HTTP\/1\.1 4\d\d /);
  });

  it('garbage on the HTTP port costs its own connection only', async () => {
    for (const octets of ['\u0000\u0001\u0002\r\n\r\n', 'GET\r\n\r\n', 'SSH-2.0-x\r\n', `${'A'.repeat(100_000)}`]) {
      await raw(target.url, octets, 500).catch(() => '');
    }
    assert.equal((await fetch(`${target.url}/healthz`)).status, 200);
  });

  it('an unknown YAML key ends the start with an error that names it', async () => {
    for (const [config, key] of [
      [{ acounts: [] }, 'acounts'],
      [{ carriers: [{ name: 'x', kind: 'smpp', url: 'smpp://a:b@127.0.0.1:1', windw: 3 }] }, 'windw'],
      [{ carriers: [{ name: 'x', kind: 'pigeon' }] }, 'kind'],
      [{ numbers: [{ number: OWN_NUMBER, account: 'MANOSUCHACCOUNT00000' }] }, 'MANOSUCHACCOUNT00000'],
      [{ routes: [{ service: 'sms', prefix: '1', carriers: ['nowhere'] }] }, 'nowhere'],
      ['accounts: [unclosed', 'ringdown\\.yaml:1'],
    ] as const) {
      const server = await prepareServer({ name: 'bad-yaml', config: typeof config === 'string' ? config : record(config) });
      try {
        server.spawn();
        const status = await Promise.race([
          server.exited(),
          new Promise<undefined>((resolve) => setTimeout(() => resolve(undefined), 20_000).unref()),
        ]);
        assert.ok(status !== undefined, `${key}: the server runs on`);
        assert.notEqual(status.code, 0, key);
        assert.equal(status.signal, null);
        const log = await server.logText();
        assert.match(log, new RegExp(key), `${key} is named`);
        assert.doesNotMatch(log, /^\s+at .*\.ts:\d+/m, 'without a stack trace');
      } finally {
        await server.dispose();
      }
    }
  });
});
