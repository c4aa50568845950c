import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseDiversion } from './diversion.ts';

it('Diversion says who sent the call on and why', () => {
  const diversion = parseDiversion('"Office" <tel:+14155550100>;reason="No-Answer";counter=1');
  assert.equal(diversion?.uri, 'tel:+14155550100');
  assert.equal(diversion?.reason, 'no-answer');
  assert.equal(parseDiversion('<sip:a@b>')?.reason, undefined);
  assert.equal(parseDiversion('a@b'), undefined);
});
