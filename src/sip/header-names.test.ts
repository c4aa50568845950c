import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalHeaderName, isListHeader, sameHeaderName } from './header-names.ts';

describe('header names', () => {
  it('have one canonical spelling, whatever case or compact form they come in', () => {
    for (const [written, canonical] of [
      ['v', 'Via'],
      ['V', 'Via'],
      ['CALL-id', 'Call-ID'],
      ['cseq', 'CSeq'],
      ['l', 'Content-Length'],
      ['min-se', 'Min-SE'],
      ['rack', 'RAck'],
      ['x', 'Session-Expires'],
      ['r', 'Refer-To'],
      ['X-ph-Foo', 'X-ph-Foo'],
      ['__proto__', '__proto__'],
      ['constructor', 'constructor'],
    ] as const) {
      assert.equal(canonicalHeaderName(written), canonical);
    }
  });

  it('are compared without regard to case, known or not', () => {
    assert.ok(sameHeaderName('X-PH-Foo', 'x-ph-foo'));
    assert.ok(sameHeaderName('i', 'CALL-ID'));
    assert.ok(!sameHeaderName('Via', 'From'));
  });

  it('of credentials, challenges, dates and unknown headers are no lists', () => {
    for (const name of [
      'Authorization',
      'WWW-Authenticate',
      'Proxy-Authenticate',
      'Proxy-Authorization',
      'Date',
      'Subject',
      'From',
      'X-Any',
    ]) {
      assert.ok(!isListHeader(name), name);
    }
    for (const name of ['Via', 'Route', 'Contact', 'Diversion', 'Reason']) assert.ok(isListHeader(name), name);
  });
});
