import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { equalUris, formatUri, isUri, parseSipUri, parseUri, type SipUri, uriScheme } from './uri.ts';

describe('reading a URI', () => {
  it('finds every part of it', () => {
    assert.deepEqual(parseUri('SIPS:al%69ce:secret@Example.COM:5061;transport=TCP;lr?subject=a%20b&to=x'), {
      scheme: 'sips',
      user: 'alice',
      password: 'secret',
      host: 'example.com',
      port: 5061,
      parameters: new Map([
        ['transport', 'TCP'],
        ['lr', ''],
      ]),
      headers: [
        ['subject', 'a b'],
        ['to', 'x'],
      ],
    });
  });

  it('takes addresses of both kinds, and what phones make of service codes', () => {
    assert.equal(parseSipUri('sip:[2001:DB8::1]:5070')?.host, '[2001:db8::1]');
    assert.equal(parseSipUri('sip:[2001:DB8::1]:5070')?.port, 5070);
    assert.equal(parseSipUri('sip:*21*5550100#@192.0.2.1')?.user, '*21*5550100#');
    assert.equal(parseSipUri('sip:@192.0.2.1')?.user, undefined);
  });

  it('takes telephone numbers without their separators', () => {
    assert.deepEqual(parseUri('tel:+1-(415)-555.0100;ext=7'), {
      scheme: 'tel',
      number: '+14155550100',
      parameters: new Map([['ext', '7']]),
    });
    assert.deepEqual(parseUri('tel:911;phone-context=+1'), {
      scheme: 'tel',
      number: '911',
      parameters: new Map([['phone-context', '+1']]),
    });
  });

  it('refuses what is malformed or of another scheme', () => {
    for (const text of [
      '',
      'sip:',
      'sip',
      'http://example.com',
      'sip:a b@c',
      'sip:a@b:',
      'sip:a@b:99999',
      'sip:a@b;',
      'sip:a@b;;x',
      'sip:a@b;=x',
      'sip:a@b;x=',
      'sip:a@b?',
      'sip:a@b?x',
      'sip:a%4@b',
      'sip:a@b;x=%zz',
      'sip:[::1',
      'sip:[1.2.3.4]',
      'sip:[fe80::1%eth0]',
      'sip:a@b..c',
      'sip:a@@b',
      'sip:a@b>',
      'tel:',
      'tel:abcxyz',
      'tel:+',
      `sip:${'a.'.repeat(200)}com`,
    ]) {
      assert.equal(parseUri(text), undefined, text);
      assert.equal(isUri(text), false, text);
    }
  });

  it('tells an unknown scheme from no URI', () => {
    assert.equal(uriScheme('soap.beep://x'), 'soap.beep');
    assert.equal(uriScheme('<sip:x>'), undefined);
  });
});

describe('writing a URI', () => {
  it('escapes what a part may not contain', () => {
    const uri: SipUri = {
      scheme: 'sip',
      user: 'a@b:ü "',
      host: 'x.org',
      parameters: new Map([['p', 'a;b']]),
      headers: [['Replaces', 'a@b;c=d&e']],
    };
    assert.equal(formatUri(uri), 'sip:a%40b%3A%C3%BC%20%22@x.org;p=a%3Bb?Replaces=a%40b%3Bc%3Dd%26e');
  });

  it('loses nothing', () => {
    const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 12 }).filter((value) => value.isWellFormed());
    const name = fc.stringMatching(/^[a-z-]{1,8}$/);
    const uri = fc.record<SipUri>(
      {
        scheme: fc.constantFrom('sip', 'sips'),
        user: text,
        password: text,
        host: fc.constantFrom('example.com', '192.0.2.1', '[2001:db8::1]'),
        port: fc.integer({ min: 0, max: 65_535 }),
        parameters: fc.array(fc.tuple(name, text)).map((entries) => new Map(entries)),
        headers: fc.array(fc.tuple(name, text)),
      },
      { requiredKeys: ['scheme', 'host', 'parameters', 'headers'], noNullPrototype: true },
    );
    fc.assert(
      fc.property(uri, (given) => {
        // A password belongs to a user.
        const { password, ...rest } = given;
        const whole = given.user === undefined ? rest : given;
        assert.deepEqual(parseUri(formatUri(whole)), whole);
        assert.ok(isUri(formatUri(whole)));
      }),
      { numRuns: 500 },
    );
  });
});

describe('comparing URIs (the examples of RFC 3261 §19.1.4)', () => {
  const equal = [
    ['sip:%61lice@atlanta.com;transport=TCP', 'sip:alice@AtlanTa.CoM;Transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;newparam=5'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com;security=on'],
    [
      'sip:biloxi.com;transport=tcp;method=REGISTER?to=sip:bob%40biloxi.com',
      'sip:biloxi.com;method=REGISTER;transport=tcp?to=sip:bob%40biloxi.com',
    ],
    ['sip:alice@atlanta.com?subject=project%20x&priority=urgent', 'sip:alice@atlanta.com?priority=urgent&subject=project%20x'],
    ['tel:+1-415-555-0100', 'tel:+14155550100'],
    ['isbn:1', 'isbn:1'],
  ] as const;
  const different = [
    ['SIP:ALICE@AtLanTa.CoM;Transport=udp', 'sip:alice@AtLanTa.CoM;Transport=UDP'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:5060'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com;transport=udp'],
    ['sip:bob@biloxi.com', 'sip:bob@biloxi.com:6000;transport=tcp'],
    ['sip:carol@chicago.com', 'sip:carol@chicago.com?Subject=next%20meeting'],
    ['sip:bob@phone21.boxesbybob.com', 'sip:bob@192.0.2.4'],
    ['sip:carol@chicago.com;security=on', 'sip:carol@chicago.com;security=off'],
    ['sip:alice@a.org', 'sips:alice@a.org'],
    ['sip:a%2Bb@c', 'sip:a+b@c'],
    ['tel:+14155550100', 'tel:+14155550100;ext=1'],
  ] as const;
  for (const [one, other] of equal) it(`${one} = ${other}`, () => assert.ok(equalUris(one, other) && equalUris(other, one)));
  for (const [one, other] of different)
    it(`${one} ≠ ${other}`, () => assert.ok(!equalUris(one, other) && !equalUris(other, one)));
});
