import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Overflow } from './overflow.ts';

test('an account leaves when a look into the table found the rest', () => {
  const overflow = new Overflow();
  overflow.add('MA1');
  overflow.emptied('MA1', overflow.mark('MA1'));
  assert.equal(overflow.has('MA1'), false);
  assert.equal(overflow.size, 0);
});

test('it stays when a message was on its way to the table before, during or after the look', () => {
  const overflow = new Overflow();
  overflow.storing('MA1');
  const during = overflow.mark('MA1');
  overflow.stored('MA1');
  overflow.emptied('MA1', during);
  assert.ok(overflow.has('MA1'), 'it may have been committed after the look');

  const before = overflow.mark('MA1');
  overflow.storing('MA1');
  overflow.stored('MA1');
  overflow.emptied('MA1', before);
  assert.ok(overflow.has('MA1'), 'it came and was stored while the look was under way');

  overflow.emptied('MA1', overflow.mark('MA1'));
  assert.deepEqual(overflow.accounts, []);
});

test('accounts are apart', () => {
  const overflow = new Overflow();
  overflow.storing('MA1');
  overflow.add('MA2');
  overflow.emptied('MA2', overflow.mark('MA2'));
  assert.deepEqual(overflow.accounts, ['MA1']);
  overflow.stored('MA1');
});
