import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatNameAddress, parseNameAddress, tagOf, withTag } from './name-address.ts';
import { NO_PARAMETERS } from './parameters.ts';

describe('a From, To, Contact or Route value', () => {
  it('has a display name, quoted or not, a URI, and parameters', () => {
    assert.deepEqual(parseNameAddress('"A \\"B\\" C" <sip:a@b;lr>;tag=1;x="y z"'), {
      displayName: 'A "B" C',
      uri: 'sip:a@b;lr',
      parameters: new Map([
        ['tag', '1'],
        ['x', 'y z'],
      ]),
    });
    assert.equal(parseNameAddress('Anna Müller <sip:a@b>')?.displayName, 'Anna Müller');
    assert.deepEqual(parseNameAddress('<tel:+1>'), { uri: 'tel:+1', parameters: NO_PARAMETERS });
    assert.equal(parseNameAddress('"" <sip:a@b>')?.displayName, undefined);
  });

  it('without angle brackets has no URI parameters', () => {
    assert.deepEqual(parseNameAddress('sip:a@b ;tag=1'), { uri: 'sip:a@b', parameters: new Map([['tag', '1']]) });
    assert.equal(parseNameAddress('sip:a@b;x="<urn:y>"')?.parameters.get('x'), '<urn:y>');
  });

  it('has no control characters in its display name', () => {
    assert.equal(parseNameAddress('"a\\\0b\x07" <sip:a@b>')?.displayName, 'ab');
  });

  it('is refused when malformed', () => {
    for (const value of [
      '',
      'a',
      '<sip:a@b',
      '"a <sip:a@b>',
      '"a" x <sip:a@b>',
      'a"b" <sip:a@b>',
      '< sip:a@b>',
      '<>',
      '<sip:a@b>x',
      '<sip:a@b>;',
      '<sip:a@b>;;',
      '<sip:a@b>;x=',
      'sip:a@b?c=d',
      '"a" sip:a@b',
      '<sip:a@b>;a b',
    ]) {
      assert.equal(parseNameAddress(value), undefined, value);
    }
  });

  it('is written with quotes where the name needs them', () => {
    assert.equal(
      formatNameAddress({ displayName: 'Bob', uri: 'sip:b@c', parameters: new Map([['tag', 'x']]) }),
      'Bob <sip:b@c>;tag=x',
    );
    assert.equal(
      formatNameAddress({ displayName: 'B "C", D\\', uri: 'sip:b@c', parameters: NO_PARAMETERS }),
      '"B \\"C\\", D\\\\" <sip:b@c>',
    );
  });
});

describe('the tag', () => {
  it('is a parameter of the header, not of the URI', () => {
    assert.equal(tagOf('<sip:a@b;tag=no>;tag=yes'), 'yes');
    assert.equal(tagOf('<sip:a@b;tag=no>'), undefined);
    assert.equal(tagOf('not readable'), undefined);
  });

  it('is added or replaced', () => {
    assert.equal(withTag('sip:a@b', 'x'), 'sip:a@b;tag=x');
    assert.equal(withTag('<sip:a@b>;p=1;tag=old', 'x'), '<sip:a@b>;p=1;tag=x');
    assert.equal(withTag('nothing', 'x'), undefined);
  });
});
