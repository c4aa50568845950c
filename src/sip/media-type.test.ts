import assert from 'node:assert/strict';
import { it } from 'node:test';
import { acceptsMediaType, parseMediaType } from './media-type.ts';

it('a media type has a name and parameters', () => {
  assert.deepEqual(parseMediaType('Application / SDP;charset="UTF-8"'), {
    name: 'application/sdp',
    parameters: new Map([['charset', 'UTF-8']]),
  });
  for (const value of ['', 'text', 'text/', '/plain', 'a/b/c', 'a/b;', 'a b/c'])
    assert.equal(parseMediaType(value), undefined, value);
});

it('Accept says what may be sent back, SDP if it says nothing', () => {
  assert.ok(acceptsMediaType([], 'application/sdp'));
  assert.ok(!acceptsMediaType([], 'text/plain'));
  assert.ok(!acceptsMediaType([''], 'application/sdp'));
  assert.ok(acceptsMediaType(['text/plain', 'application/*;q=0.3'], 'application/sdp'));
  assert.ok(acceptsMediaType(['*/*'], 'application/sdp'));
  assert.ok(!acceptsMediaType(['application/sdp;q=0'], 'application/sdp'));
});
