import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { basic, createPlivoFixture, type PlivoFixture } from '../../../testkit/plivo-fixture.ts';

let fixture: PlivoFixture;
before(async () => {
  fixture = await createPlivoFixture();
});
after(() => fixture.close());

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const MEGABYTE = 1024 * 1024;
const UUID_4 = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
const UNKNOWN = '0c6a2a5e-3d0b-4a39-9a0e-5c1c7d1b2f10';

interface Part {
  readonly name?: string;
  readonly fileName?: string;
  readonly type?: string;
  readonly bytes: Buffer;
}

async function upload(
  parts: readonly Part[],
  headers: { authorization: string } = fixture.mainAuth,
  path = fixture.path('Media/'),
) {
  const form = new FormData();
  for (const { name = 'file', fileName = 'menu.png', type = 'image/png', bytes } of parts) {
    form.append(name, new Blob([Uint8Array.from(bytes)], { type }), fileName);
  }
  const request = new Response(form);
  return fixture.http.inject({
    method: 'POST',
    url: path,
    headers: { ...headers, 'content-type': request.headers.get('content-type') ?? '' },
    payload: Buffer.from(await request.arrayBuffer()),
  });
}

const uploadRaw = (body: string | Buffer, contentType = 'multipart/form-data; boundary=xx') =>
  fixture.http.inject({
    method: 'POST',
    url: fixture.path('Media/'),
    headers: { ...fixture.mainAuth, 'content-type': contentType },
    payload: body,
  });

const get = (url: string, headers: Record<string, string> = fixture.mainAuth) => fixture.http.inject({ url, headers });
const remove = (url: string, headers: Record<string, string> = fixture.mainAuth) =>
  fixture.http.inject({ method: 'DELETE', url, headers });
const pathOf = (url: string) => new URL(url).pathname;

async function uploadOne(part: Part = { bytes: PNG }): Promise<{ media_id: string; media_url: string }> {
  const reply = await upload([part]);
  assert.equal(reply.statusCode, 201, reply.body);
  return reply.json().objects[0];
}

async function addAccount(kind: 'MA' | 'SA'): Promise<{ authId: string; authToken: string }> {
  const { ids, accounts, directory } = fixture.services;
  const account = { authId: ids.authId(kind), authToken: ids.authToken(), name: 'Other' };
  await accounts.insert({ ...account, ...(kind === 'SA' && { parentId: fixture.account.authId, enabled: true }) });
  directory.invalidate(account.authId);
  return account;
}

test('an upload is stored, listed and shown with its URL', async () => {
  const reply = await upload([{ bytes: PNG }, { bytes: Buffer.from('a;b\n'), type: 'text/csv', fileName: 'straße.csv' }]);
  assert.equal(reply.statusCode, 201);
  const [image, table] = reply.json().objects;
  assert.match(image.media_id, UUID_4);
  const url = `http://127.0.0.1:7464/v1/media/Account/${fixture.account.authId}/Media/${image.media_id}`;
  const expected = {
    content_type: 'image/png',
    file_name: 'menu.png',
    media_id: image.media_id,
    media_url: url,
    size: PNG.length,
    upload_time: '2026-01-12T09:14:02.000000Z',
    url,
  };
  assert.deepEqual(image, { ...expected, status: 'success', status_code: 201 });
  assert.equal(table.file_name, 'straße.csv');
  const shown = await get(fixture.path(`Media/${image.media_id}/`));
  const { api_id: apiId, ...object } = shown.json();
  assert.ok(apiId);
  assert.deepEqual(object, expected);
  const listed = (await get(fixture.path('Media/?limit=1'))).json();
  assert.equal(listed.objects.length, 1);
  assert.ok(listed.meta.total_count >= 2);
  assert.match(listed.meta.next, /Media\/\?limit=1&offset=1$/);
});

test('each file of a mixed upload says what became of it', async () => {
  const reply = await upload([
    { bytes: PNG },
    { bytes: PNG, type: 'image/jpeg', fileName: 'wrong.jpg' },
    { bytes: Buffer.from('<html>'), type: 'text/html', fileName: 'page.html' },
    { bytes: Buffer.alloc(0), fileName: 'empty.png' },
    { bytes: Buffer.concat([PNG, Buffer.alloc(2 * MEGABYTE)]), fileName: 'large.png' },
  ]);
  assert.equal(reply.statusCode, 207);
  const outcomes = reply
    .json()
    .objects.map((object: Record<string, unknown>) => [object.file_name, object.status, object.status_code, object.error_code]);
  assert.deepEqual(outcomes, [
    ['menu.png', 'success', 201, undefined],
    ['wrong.jpg', 'failure', 415, 415],
    ['page.html', 'failure', 415, 415],
    ['empty.png', 'failure', 400, 400],
    ['large.png', 'failure', 413, 413],
  ]);
  assert.equal('error' in reply.json(), false, 'SDKs take a body with "error" for a failure');
});

test('an upload without any good file is refused, with the reasons', async () => {
  const reply = await upload([{ bytes: PNG, type: 'video/mp4' }]);
  assert.equal(reply.statusCode, 400);
  assert.equal(reply.json().error, 'file parameter is invalid: the content is not video/mp4');
  assert.equal(reply.json().error_code, 'invalid_parameter');
  assert.equal(reply.json().objects[0].status, 'failure');
});

test('ten files of almost 2 MB are taken, eleven files are not', async () => {
  const large = { bytes: Buffer.concat([PNG, Buffer.alloc(2 * MEGABYTE - PNG.length)]) };
  const reply = await upload(Array(10).fill(large));
  assert.equal(reply.statusCode, 201);
  assert.equal(reply.json().objects[9].size, 2 * MEGABYTE);
  for (const count of [11, 12, 30]) {
    const tooMany = await upload(Array(count).fill({ bytes: PNG }));
    assert.equal(tooMany.statusCode, 400, String(count));
    assert.match(tooMany.json().error, /at most 10 files/);
  }
});

test('a body that is not a whole multipart upload of files is refused', async () => {
  const part = '--xx\r\nContent-Disposition: form-data; name="file"; filename="a.png"\r\nContent-Type: image/png\r\n\r\n';
  const cases: [number, string, string, string?][] = [
    [400, 'cut off in a file', `${part}abc`],
    [400, 'cut off in a header', '--xx\r\nContent-Disposition: form-data; name="file"'],
    [400, 'no part', '--xx--\r\n'],
    [400, 'nothing', ''],
    [400, 'not multipart at all', 'hello'],
    [400, 'another boundary', `${part}abc\r\n--xx--\r\n`, 'multipart/form-data; boundary=yy'],
    [400, 'no boundary', `${part}abc\r\n--xx--\r\n`, 'multipart/form-data'],
    [400, 'a field instead of a file', '--xx\r\nContent-Disposition: form-data; name="file"\r\n\r\nabc\r\n--xx--\r\n'],
    [415, 'JSON', '{"file":"a.png"}', 'application/json'],
  ];
  for (const [status, what, body, type] of cases) {
    const reply = await uploadRaw(body, type);
    assert.equal(reply.statusCode, status, `${what}: ${reply.body}`);
    assert.equal(typeof reply.json().error, 'string', what);
  }
  const elsewhere = await upload([{ bytes: PNG, name: 'picture' }]);
  assert.equal(elsewhere.json().error, 'file parameter is missing');
});

test('other accounts and other subaccounts do not see media', async () => {
  const other = await addAccount('MA');
  const subaccount = await addAccount('SA');
  const { media_id: mediaId } = await uploadOne();
  for (const [account, path] of [
    [other, `/v1/Account/${other.authId}/Media/${mediaId}/`],
    [subaccount, `/v1/Account/${subaccount.authId}/Media/${mediaId}/`],
  ] as const) {
    assert.equal((await get(path, basic(account))).statusCode, 404);
    assert.equal((await remove(path, basic(account))).statusCode, 404);
    assert.equal((await get(`/v1/Account/${account.authId}/Media/`, basic(account))).json().meta.total_count, 0);
  }
  const own = await upload([{ bytes: PNG }], basic(subaccount), `/v1/Account/${subaccount.authId}/Media/`);
  const [object] = own.json().objects;
  assert.match(object.media_url, new RegExp(`/Account/${subaccount.authId}/Media/`));
  assert.equal((await get(fixture.path(`Media/${object.media_id}/`))).statusCode, 200, 'the main account sees it');
  assert.equal((await get(pathOf(object.media_url), {})).statusCode, 200);
  assert.equal((await get(`/v1/media/Account/${other.authId}/Media/${object.media_id}`, {})).statusCode, 404);
});

test('ids that name nothing answer 404, ids that are none as well', async () => {
  for (const id of [UNKNOWN, 'x', '..%2f..%2fetc%2fpasswd', "'%20or%201=1", '%00']) {
    const status = id === '%00' ? 400 : 404;
    assert.equal((await get(fixture.path(`Media/${id}/`))).statusCode, status, id);
    assert.equal((await remove(fixture.path(`Media/${id}/`))).statusCode, status, id);
    const path = `/v1/media/Account/${fixture.account.authId}`;
    assert.equal((await get(`${path}/Media/${id}`, {})).statusCode, 404, id);
    assert.equal((await get(`${path}/Message/${id}/Media/${UNKNOWN}`, {})).statusCode, 404, id);
  }
});

test('content is served without credentials, with headers that keep a browser from guessing', async () => {
  const { media_url: url } = await uploadOne();
  const reply = await get(pathOf(url), {});
  assert.equal(reply.statusCode, 200);
  assert.deepEqual(reply.rawPayload, PNG);
  assert.equal(reply.headers['content-type'], 'image/png');
  assert.equal(reply.headers['content-length'], String(PNG.length));
  assert.equal(reply.headers['x-content-type-options'], 'nosniff');
  assert.match(String(reply.headers['content-security-policy']), /sandbox/);
  const head = await fixture.http.inject({ method: 'HEAD', url: pathOf(url) });
  assert.equal(head.statusCode, 200);
  assert.equal(head.rawPayload.length, 0);
  assert.equal(head.headers['content-length'], String(PNG.length));
  assert.equal(head.headers['content-type'], 'image/png');
  const again = await get(pathOf(url), { 'if-none-match': String(reply.headers.etag) });
  assert.equal(again.statusCode, 304);
  const posted = await fixture.http.inject({ method: 'POST', url: pathOf(url) });
  assert.equal(posted.statusCode, 405);
  assert.equal(posted.headers.allow, 'GET, HEAD');
});

test('content is served over a real socket with the same length for GET and HEAD', async () => {
  const { media_url: url } = await uploadOne({ bytes: Buffer.concat([PNG, Buffer.alloc(300_000, 7)]) });
  const origin = await fixture.http.listen({ port: 0, host: '127.0.0.1' });
  const whole = await fetch(origin + pathOf(url));
  assert.equal((await whole.arrayBuffer()).byteLength, 300_000 + PNG.length);
  const head = await fetch(origin + pathOf(url), { method: 'HEAD' });
  assert.equal(head.headers.get('content-length'), whole.headers.get('content-length'));
  const part = await fetch(origin + pathOf(url), { headers: { range: 'bytes=-5' } });
  assert.equal(part.status, 206);
  assert.deepEqual(Buffer.from(await part.arrayBuffer()), Buffer.alloc(5, 7));
});

test('ranges are served, and refused behind the end', async () => {
  const { media_url: url } = await uploadOne({ bytes: Buffer.from('BEGIN:VCARD'), type: 'text/vcard', fileName: 'me.vcf' });
  const part = await get(pathOf(url), { range: 'bytes=6-10' });
  assert.equal(part.statusCode, 206);
  assert.equal(part.body, 'VCARD');
  assert.equal(part.headers['content-range'], 'bytes 6-10/11');
  assert.equal(part.headers['content-length'], '5');
  const behind = await get(pathOf(url), { range: 'bytes=11-' });
  assert.equal(behind.statusCode, 416);
  assert.equal(behind.headers['content-range'], 'bytes */11');
  assert.equal(behind.json().error_code, 'range_not_satisfiable');
  assert.equal((await get(pathOf(url), { range: 'bytes=0-1,3-4' })).statusCode, 200);
  assert.equal((await get(pathOf(url), { range: 'bytes=0-1', 'if-range': '"other"' })).statusCode, 200);
});

test('a file name cannot add a header or bring a path along', async () => {
  const names = [
    `filename="a\\"; x=\\"y.png"`,
    'filename="..\\\\..\\\\evil.png"',
    'filename="../../evil.png"',
    'filename="a%0d%0aSet-Cookie: x=1.png"',
    'filename="\u202egpj.png"',
    'filename="a\tb\x01c.png"',
    `filename="a.png"; filename*=UTF-8''a%0D%0AX-Evil%3A%201%22%5C.png`,
    `filename="a.png"; filename*=UTF-8''%E2%80%AEgpj.png`,
  ];
  for (const name of names) {
    const head = `--xx\r\nContent-Disposition: form-data; name="file"; ${name}\r\nContent-Type: image/png\r\n\r\n`;
    const reply = await uploadRaw(Buffer.concat([Buffer.from(head), PNG, Buffer.from('\r\n--xx--\r\n')]));
    assert.equal(reply.statusCode, 201, `${name}: ${reply.body}`);
    const [object] = reply.json().objects;
    assert.doesNotMatch(object.file_name, /[\p{Cc}/\\\u202e]/u, name);
    const content = await get(pathOf(object.url), {});
    assert.equal(content.headers['set-cookie'], undefined);
    assert.equal(content.headers['x-evil'], undefined);
    assert.match(String(content.headers['content-disposition']), /^inline; filename="[^"\\]*"; filename\*=UTF-8''[\w%.~!-]*$/);
  }
});

test('deleted media are gone from the API, from their URL and from disk', async () => {
  const { media_id: id, media_url: url } = await uploadOne();
  assert.ok(await fixture.blobs.sizeOf(`media/${id}`));
  const reply = await remove(fixture.path(`Media/${id}/`));
  assert.equal(reply.statusCode, 204);
  assert.equal(reply.headers['content-type'], 'application/json; charset=utf-8');
  assert.equal((await get(fixture.path(`Media/${id}/`))).statusCode, 404);
  assert.equal((await get(pathOf(url), {})).statusCode, 404);
  assert.equal(await fixture.blobs.sizeOf(`media/${id}`), undefined);
  assert.equal((await remove(fixture.path(`Media/${id}/`))).statusCode, 404);
});
