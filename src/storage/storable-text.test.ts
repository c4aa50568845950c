import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { createTestDatabase, type TestDatabase } from '../../testkit/test-database.ts';
import { storableJson, storableText } from './storable-text.ts';

let database: TestDatabase;
before(async () => {
  database = await createTestDatabase();
});
after(() => database.close());

const HOSTILE = ['a\u0000b', '\ud83d', '\udc00x', 'ok 🙂', '\\u0000', '\\\u0000', '\\\\ud83d', '"\\"\u0000', ''];

test('texts lose what cannot be stored and nothing else', () => {
  assert.equal(storableText('a\u0000b\ud83d🙂'), 'a\ufffdb\ufffd🙂');
  assert.equal(storableText('plain \\u0000'), 'plain \\u0000');
});

test('JSON text equals that of the storable text, for any text', () => {
  const any = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme-composite' }));
  fc.assert(
    fc.property(fc.array(any), (texts) => {
      assert.deepEqual(JSON.parse(storableJson({ texts })), { texts: texts.map(storableText) });
    }),
  );
});

test('the database takes both', async () => {
  const { pool } = database.storage;
  const { rows } = await pool.query('select * from json_to_recordset($1) as g(t text)', [
    storableJson(HOSTILE.map((t) => ({ t }))),
  ]);
  assert.deepEqual(
    rows.map((row) => row.t),
    HOSTILE.map(storableText),
  );
});
