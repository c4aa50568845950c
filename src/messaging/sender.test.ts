import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { MessageService } from '../carriers/carrier.ts';
import { Problem } from '../errors/catalogue.ts';
import { parseDigits } from './phone-number.ts';
import { checkSender, type OwnedNumber, parseSender } from './sender.ts';

const kindOf = (input: string) => {
  const sender = parseSender(input);
  return sender instanceof Problem ? `${sender.status} ${sender.parameter}` : `${sender.kind} ${sender.address}`;
};

describe('src', () => {
  const cases: readonly [string, string][] = [
    ['14155550100', 'long_code 14155550100'],
    ['+1 (415) 555-0100', 'long_code 14155550100'],
    ['whatsapp:+14155550100', 'long_code 14155550100'],
    ['18335550100', 'toll_free 18335550100'],
    ['72345', 'short_code 72345'],
    ['723456', 'short_code 723456'],
    ['RINGDOWN', 'alphanumeric RINGDOWN'],
    ['Ring Down', 'alphanumeric RingDown'],
    ['4GENERATION', 'alphanumeric 4GENERATION'],
    ['RINGDOWNLABS', '400 src'],
    ['', '400 src'],
    ['  ', '400 src'],
    ['+++', '400 src'],
    ['4155550100', '400 src'],
    ['491511234567890', '400 src'],
    ['1'.repeat(100_000), '400 src'],
  ];
  for (const [input, expected] of cases) it(`${input.slice(0, 30)} is ${expected}`, () => assert.equal(kindOf(input), expected));

  it('that is empty is missing, and the text says so', () => {
    const problem = parseSender('');
    assert.ok(problem instanceof Problem);
    assert.equal(problem.message, 'src parameter is missing');
  });
});

describe('the rules for senders', () => {
  const sms: OwnedNumber = { smsEnabled: true, mmsEnabled: false, countryIso2: 'US' };
  const mms: OwnedNumber = { ...sms, mmsEnabled: true };
  const verdict = (src: string, dst: string, owned?: OwnedNumber, service: MessageService = 'sms') => {
    const sender = parseSender(src);
    const destination = parseDigits(dst);
    assert.ok(!(sender instanceof Problem) && destination);
    const result = checkSender({ sender, destination, service, owned });
    if (result.kind === 'fails') return result.errorCode;
    return result.kind === 'refused' ? `${result.problem.status} ${result.problem.parameter}` : 'allowed';
  };

  it('let a number of the account text the US and Canada', () => {
    assert.equal(verdict('14155550100', '14155550123', sms), 'allowed');
    assert.equal(verdict('14155550100', '14165550123', sms), 'allowed');
    assert.equal(verdict('72345', '14155550123', sms), 'allowed');
  });

  it('fail a number of somebody else to the US and Canada, and let it text elsewhere', () => {
    assert.equal(verdict('14155550100', '14155550123'), '40');
    assert.equal(verdict('447400123456', '14165550123'), '40');
    assert.equal(verdict('72345', '14155550123'), '40');
    assert.equal(verdict('14155550100', '447400123456'), 'allowed');
  });

  it('fail an alphanumeric sender to the US and Canada only', () => {
    assert.equal(verdict('RINGDOWN', '14155550123'), '40');
    assert.equal(verdict('RINGDOWN', '14165550123'), '40');
    assert.equal(verdict('RINGDOWN', '919876543210'), 'allowed');
  });

  it('fail a US toll-free number to Canada with 201, a Canadian one not', () => {
    assert.equal(verdict('18335550100', '14165550123', sms), '201');
    assert.equal(verdict('18335550100', '14165550123', { ...sms, countryIso2: 'CA' }), 'allowed');
    assert.equal(verdict('18335550100', '14165550123', { ...sms, countryIso2: undefined }), '201');
    assert.equal(verdict('18335550100', '14155550123', sms), 'allowed');
  });

  it('fail a number of the account that is not SMS-enabled', () => {
    assert.equal(verdict('14155550100', '14155550123', { ...mms, smsEnabled: false }), '40');
    assert.equal(verdict('14155550100', '447400123456', { ...mms, smsEnabled: false }), '40');
  });

  it('refuse a message to itself', () => {
    assert.equal(verdict('14155550100', '14155550100', sms), '400 dst');
  });

  it('refuse MMS from a number that cannot, and to other countries', () => {
    assert.equal(verdict('14155550100', '14155550123', mms, 'mms'), 'allowed');
    assert.equal(verdict('14155550100', '14155550123', sms, 'mms'), '400 src');
    assert.equal(verdict('14155550100', '447400123456', mms, 'mms'), '400 dst');
    assert.equal(verdict('14155550100', '14155550123', undefined, 'mms'), '40');
    assert.equal(verdict('18335550100', '14165550123', mms, 'mms'), '201');
  });

  it('let WhatsApp come from any number of the account to anywhere, and from no other', () => {
    assert.equal(verdict('14155550100', '447400123456', { ...sms, smsEnabled: false }, 'whatsapp'), 'allowed');
    assert.equal(verdict('14155550100', '447400123456', undefined, 'whatsapp'), '40');
    assert.equal(verdict('RINGDOWN', '447400123456', undefined, 'whatsapp'), '40');
  });
});
