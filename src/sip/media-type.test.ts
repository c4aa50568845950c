import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseMediaType } from './media-type.ts';

it('a media type has a name and parameters', () => {
  assert.deepEqual(parseMediaType('Application / SDP;charset="UTF-8"'), {
    name: 'application/sdp',
    parameters: new Map([['charset', 'UTF-8']]),
  });
  for (const value of ['', 'text', 'text/', '/plain', 'a/b/c', 'a/b;', 'a b/c'])
    assert.equal(parseMediaType(value), undefined, value);
});
