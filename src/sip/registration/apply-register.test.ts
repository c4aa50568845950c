import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { SipHeaders } from '../headers.ts';
import type { SipRequest } from '../message.ts';
import { applyRegister, type RegisterOutcome, type RegistrationPolicy } from './apply-register.ts';
import type { Binding } from './binding.ts';

const policy: RegistrationPolicy = { least: 60, most: 7200, usual: 3600, contacts: 3 };
const NOW = 1_000_000;
const place = { transport: 'udp', address: '192.0.2.1', port: 5060 } as const;

function register(
  sequence: number,
  contacts: readonly string[],
  fields: readonly (readonly [string, string])[] = [],
): SipRequest {
  const headers = new SipHeaders([
    ['Call-ID', 'one'],
    ['CSeq', `${sequence} REGISTER`],
    ...contacts.map((value) => ['Contact', value] as const),
    ...fields,
  ]);
  return { kind: 'request', method: 'REGISTER', uri: 'sip:x.example', headers, body: Buffer.alloc(0) };
}

const apply = (stored: readonly Binding[], request: SipRequest, now = NOW) => applyRegister(stored, request, place, now, policy);

function done(outcome: RegisterOutcome): readonly Binding[] {
  assert.ok(outcome.kind === 'done');
  return outcome.bindings;
}

describe('what a REGISTER makes of the bindings', () => {
  it('adds several contacts, each with its own time', () => {
    const bindings = done(apply([], register(1, ['<sip:a@h>;expires=100;q=0.5', '<sip:b@h>'], [['Expires', '200']])));
    assert.deepEqual(
      bindings.map(({ contact, q, expiresAt }) => [contact, q, expiresAt - NOW]),
      [
        ['sip:a@h', 0.5, 100_000],
        ['sip:b@h', 1, 200_000],
      ],
    );
  });

  it('cuts long times, takes the usual one for none, and refuses short ones', () => {
    assert.equal(done(apply([], register(1, ['<sip:a@h>;expires=99999'])))[0]?.expiresAt, NOW + 7_200_000);
    assert.equal(done(apply([], register(1, ['<sip:a@h>'])))[0]?.expiresAt, NOW + 3_600_000);
    assert.deepEqual(apply([], register(1, ['<sip:a@h>;expires=30'])), { kind: 'refused', status: 423 });
  });

  it('removes a contact by time 0 and all by *', () => {
    const two = done(apply([], register(1, ['<sip:a@h>', '<sip:b@h>'])));
    assert.deepEqual(
      done(apply(two, register(2, ['<sip:a@h>;expires=0']))).map(({ contact }) => contact),
      ['sip:b@h'],
    );
    assert.deepEqual(done(apply(two, register(2, ['*'], [['Expires', '0']]))), []);
    assert.equal(apply(two, register(2, ['*'])).kind, 'refused');
  });

  it('refuses what is older than what it knows of the same phone, and leaves everything as it was', () => {
    const bindings = done(apply([], register(5, ['<sip:a@h>'])));
    assert.deepEqual(apply(bindings, register(5, ['<sip:c@h>', '<sip:a@h>'])), {
      kind: 'refused',
      status: 500,
      reason: 'CSeq too low',
    });
    assert.equal(apply(bindings, register(4, ['*'], [['Expires', '0']])).kind, 'refused');
  });

  it('leaves out what has expired, and of too many contacts those that expire first', () => {
    const old = done(apply([], register(1, ['<sip:a@h>;expires=60'])));
    const later = done(apply(old, register(2, ['<sip:b@h>']), NOW + 61_000));
    assert.deepEqual(
      later.map(({ contact }) => contact),
      ['sip:b@h'],
    );
    const many = done(apply([], register(1, ['<sip:a@h>', '<sip:b@h>;expires=70', '<sip:c@h>', '<sip:d@h>'])));
    assert.deepEqual(
      many.map(({ contact }) => contact),
      ['sip:a@h', 'sip:c@h', 'sip:d@h'],
    );
  });

  it('a query without contacts changes nothing', () => {
    const bindings = done(apply([], register(1, ['<sip:a@h>'])));
    assert.deepEqual(done(apply(bindings, register(1, []))), bindings);
  });
});
