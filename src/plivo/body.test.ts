import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseQuery } from './body.ts';

describe('query strings as SDKs send them', () => {
  it('a repeated key is an array, with its items as they came', () => {
    assert.deepEqual(parseQuery('id=b&id=a&id=c'), { id: ['b', 'a', 'c'] });
    assert.deepEqual(parseQuery('id[]=b&id[]=a'), { id: ['b', 'a'] });
  });

  it('a key that is repeated with the same value is one value', () => {
    assert.deepEqual(parseQuery('limit=5&offset=0&limit=5&offset=0'), { limit: '5', offset: '0' });
    assert.deepEqual(parseQuery('id=a&id=b&id=a'), { id: ['a', 'b'] });
  });
});
