import assert from 'node:assert/strict';
import { it } from 'node:test';
import { SipHeaders } from './headers.ts';
import { tokenList } from './token-list.ts';

const headers = new SipHeaders([
  ['Supported', 'Timer'],
  ['Supported', ''],
  ['Supported', '100rel'],
  ['Supported', '100rel'],
  ['Supported', 'not a token'],
  ['Allow', ''],
]);

it('token lists have each token once and nothing else', () => {
  assert.deepEqual(tokenList(headers, 'Supported'), ['Timer', '100rel']);
  assert.deepEqual(tokenList(headers, 'Allow'), []);
  assert.deepEqual(tokenList(headers, 'Require'), []);
});
