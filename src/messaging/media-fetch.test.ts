import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type FetchedUrl, type FetchUrl, fetchMedia, MAX_MMS_BYTES } from './media-fetch.ts';

const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');
const answer = (body: Buffer, headers: FetchedUrl['headers'] = {}): FetchedUrl => ({
  status: 200,
  headers: { 'content-type': 'image/png', 'content-length': String(body.length), ...headers },
  body,
});
const URL_A = 'https://files.example.com/menu%20card.png?v=2';
const always =
  (fetched: FetchedUrl): FetchUrl =>
  async () =>
    fetched;

test('media are fetched in order, with type and name', async () => {
  const result = await fetchMedia(
    [URL_A, 'https://files.example.com/'],
    0,
    always(answer(PNG, { 'content-type': 'image/png; q=1' })),
  );
  assert.deepEqual(result, {
    kind: 'fetched',
    files: [
      { contentType: 'image/png', fileName: 'menu card.png', bytes: PNG },
      { contentType: 'image/png', fileName: '', bytes: PNG },
    ],
  });
});

test('a server must declare type and length, and both must be true', async () => {
  const cases: [FetchedUrl, string][] = [
    [answer(PNG, { 'content-type': undefined }), '140'],
    [answer(PNG, { 'content-length': undefined }), '140'],
    [answer(PNG, { 'content-length': '12x' }), '140'],
    [answer(PNG, { 'content-length': String(PNG.length + 1) }), '140'],
    [answer(PNG, { 'content-length': String(PNG.length - 1) }), '140'],
    [answer(Buffer.alloc(0)), '140'],
    [{ ...answer(PNG), status: 404 }, '140'],
    [{ ...answer(PNG), status: 302 }, '140'],
    [answer(PNG, { 'content-type': 'image/jpeg' }), '130'],
    [answer(Buffer.from('<html></html>')), '130'],
    [answer(Buffer.from('<html></html>'), { 'content-type': 'text/html' }), '130'],
  ];
  for (const [fetched, code] of cases) {
    const result = await fetchMedia([URL_A], 0, always(fetched));
    assert.equal(result.kind === 'failed' && result.errorCode, code, JSON.stringify(fetched.headers));
  }
});

test('no answer is code 140 with the reason', async () => {
  const result = await fetchMedia([URL_A], 0, async () => {
    throw new Error('no connection within 10000 ms');
  });
  assert.deepEqual(result, { kind: 'failed', errorCode: '140', reason: `${URL_A}: no connection within 10000 ms` });
});

test('media and text together stay below 5 MB, and no more than that is read', async () => {
  const asked: number[] = [];
  const image = Buffer.concat([PNG, Buffer.alloc(2 * 1024 * 1024)]);
  const fetchUrl: FetchUrl = async (_, maxBytes) => {
    asked.push(maxBytes);
    return { ...answer(image), body: image.subarray(0, maxBytes) };
  };
  assert.equal((await fetchMedia([URL_A, URL_A], 0, fetchUrl)).kind, 'fetched');
  const result = await fetchMedia([URL_A, URL_A, URL_A], 1600, fetchUrl);
  assert.equal(result.kind === 'failed' && result.errorCode, '120');
  assert.deepEqual(asked.slice(2), [
    MAX_MMS_BYTES - 1600,
    MAX_MMS_BYTES - 1600 - image.length,
    MAX_MMS_BYTES - 1600 - 2 * image.length,
  ]);
});
