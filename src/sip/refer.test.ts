import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseReferTo, parseReplaces } from './refer.ts';

const replaces = { callId: '425928@bobster.example.org', toTag: '7743', fromTag: '6472', earlyOnly: false };

it('Replaces names a dialog', () => {
  assert.deepEqual(parseReplaces('425928@bobster.example.org;to-tag=7743;from-tag=6472'), replaces);
  assert.deepEqual(parseReplaces('425928@bobster.example.org ; from-tag=6472; early-only ;to-tag=7743'), {
    ...replaces,
    earlyOnly: true,
  });
  for (const value of ['', 'a', 'a;to-tag=1', 'a;from-tag=1', ';to-tag=1;from-tag=2', 'a b;to-tag=1;from-tag=2']) {
    assert.equal(parseReplaces(value), undefined, value);
  }
});

it('Refer-To has a target and for an attended transfer the dialog to replace', () => {
  assert.equal(parseReferTo('"Carol" <sip:carol@example.net>')?.target.uri, 'sip:carol@example.net');
  assert.equal(parseReferTo('<tel:+14155550100>')?.target.uri, 'tel:+14155550100');
  const attended = parseReferTo('<sip:c@d?Replaces=425928%40bobster.example.org%3Bto-tag%3D7743%3Bfrom-tag%3D6472&X=y>');
  assert.deepEqual(attended?.replaces, replaces);
});

it('Refer-To with a Replaces that cannot be read is no blind transfer', () => {
  assert.equal(parseReferTo('<sip:c@d?Replaces=425928>'), undefined);
  assert.equal(parseReferTo('nobody'), undefined);
});
