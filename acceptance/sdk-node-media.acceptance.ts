import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { call, list, record } from './api.ts';
import { fixture, OTHER_AUTH_ID, OTHER_AUTH_TOKEN } from './fixture.ts';
import { type SdkClient, sdk } from './sdk.ts';
import { openTarget, type Target } from './target.ts';

/** A GIF of one pixel. */
const GIF = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

describe('Node SDK: Media', () => {
  let target: Target;
  let client: SdkClient;
  let folder: string;
  before(async () => {
    target = await openTarget({ name: 'sdk-node-media', config: fixture });
    client = sdk(target);
    folder = await mkdtemp(join(tmpdir(), 'ringdown-media-'));
  });
  after(async () => {
    await target?.dispose();
    await rm(folder, { recursive: true, force: true });
  });

  it('uploads, gets, lists and serves a file', async () => {
    const file = join(folder, 'dot.gif');
    await writeFile(file, GIF);
    const uploaded = await client.media.upload([file]);
    const [entry] = list(uploaded.objects);
    assert.ok(entry !== undefined, JSON.stringify(uploaded));
    const id = String(entry.mediaId ?? entry.media_id);
    const wire = (await call(target, `Media/${id}/`)).json;
    assert.deepEqual([wire.content_type, wire.file_name, wire.size, wire.media_id], ['image/gif', 'dot.gif', GIF.length, id]);
    assert.equal(wire.url, wire.media_url);
    assert.match(String(wire.upload_time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z$/);

    const viaSdk = await client.media.get(id);
    assert.equal(viaSdk.mediaId, id);
    const listed = (await call(target, 'Media/?limit=20')).json;
    assert.ok(list(listed.objects).some((object) => object.media_id === id));
    assert.equal(typeof record(listed.meta).total_count, 'number');
    assert.ok((await client.media.list({ limit: 5 })) !== undefined);

    const served = await fetch(String(wire.media_url));
    assert.equal(served.status, 200);
    assert.equal(served.headers.get('content-type'), 'image/gif');
    assert.deepEqual(Buffer.from(await served.arrayBuffer()), GIF);
  });

  it('takes several files at once and reports each', async () => {
    const form = new FormData();
    form.append('file', new Blob([GIF], { type: 'image/gif' }), 'a.gif');
    form.append('file', new Blob(['name,number'], { type: 'text/csv' }), 'b.csv');
    const answer = await call(target, 'Media/', { body: form });
    assert.ok(answer.status >= 200 && answer.status < 300, answer.text);
    assert.deepEqual(
      list(answer.json.objects).map((object) => [object.file_name, object.status, object.status_code]),
      [
        ['a.gif', 'success', 201],
        ['b.csv', 'success', 201],
      ],
    );
  });

  it('reports a file of more than 2 MB or of a type it does not take as failed, and stores the others', async () => {
    const form = new FormData();
    form.append('file', new Blob([new Uint8Array(2 * 1024 * 1024 + 1)], { type: 'image/gif' }), 'big.gif');
    form.append('file', new Blob([GIF], { type: 'image/gif' }), 'small.gif');
    const answer = await call(target, 'Media/', { body: form });
    if (answer.status >= 400) {
      assert.ok(answer.status === 400 || answer.status === 413, answer.text);
      return;
    }
    const byName = new Map(list(answer.json.objects).map((object) => [object.file_name, object.status]));
    assert.equal(byName.get('small.gif'), 'success');
    assert.notEqual(byName.get('big.gif'), 'success');
  });

  it('refuses more than ten files, none, and a body that is not multipart', async () => {
    const form = new FormData();
    for (let n = 0; n < 11; n++) form.append('file', new Blob([GIF], { type: 'image/gif' }), `${n}.gif`);
    assert.ok([400, 413].includes((await call(target, 'Media/', { body: form })).status));
    assert.equal((await call(target, 'Media/', { body: new FormData() })).status, 400);
    assert.ok([400, 415].includes((await call(target, 'Media/', { body: { file: 'x' } })).status));
  });

  it('keeps media of an account from other accounts', async () => {
    const form = new FormData();
    form.append('file', new Blob([GIF], { type: 'image/gif' }), 'mine.gif');
    const [entry] = list((await call(target, 'Media/', { body: form })).json.objects);
    const other = { url: target.url, authId: OTHER_AUTH_ID, authToken: OTHER_AUTH_TOKEN };
    assert.equal((await call(other, `Media/${String(entry?.media_id)}/`)).status, 404);
  });
});
