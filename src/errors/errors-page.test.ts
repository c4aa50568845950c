import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { errorCatalogue } from './catalogue.ts';
import { errorsPage } from './errors-page.ts';

test('docs/errors.md is what the catalogues say (npm run docs:errors writes it)', async () => {
  assert.equal(await readFile(new URL('../../docs/errors.md', import.meta.url), 'utf8'), errorsPage());
});

test('statuses are what the class of an error is for: 4xx mends the request, 5xx the server', () => {
  for (const [code, { status, retry }] of Object.entries(errorCatalogue)) {
    assert.ok(status >= 400 && status < 600, code);
    if (status >= 500) assert.equal(retry, 'safe', code);
  }
});
