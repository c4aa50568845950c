import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseContact } from './contact.ts';

it('Contact has expires and q where they can be read', () => {
  const read = (value: string) => {
    const contact = parseContact(value);
    assert.ok(contact && contact !== '*');
    return [contact.expires, contact.q];
  };
  assert.deepEqual(read('<sip:a@b>;expires=3600;q=0.75'), [3600, 0.75]);
  assert.deepEqual(read('<sip:a@b>;q=1.000'), [undefined, 1]);
  assert.deepEqual(read('<sip:a@b>;expires=280297596632815;q=2'), [undefined, undefined]);
  assert.deepEqual(read('<sip:a@b;expires=5>'), [undefined, undefined]);
});

it('Contact may be * or unreadable', () => {
  assert.equal(parseContact('*'), '*');
  assert.equal(parseContact('*;expires=0'), undefined);
});
