import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { formatVia, parseVia, receivedFrom, transactionBranch } from './via.ts';

function via(value: string) {
  const parsed = parseVia(value);
  assert.ok(parsed, value);
  return parsed;
}

describe('a Via value', () => {
  it('has transport, sent-by and parameters, with blanks wherever the grammar has them', () => {
    assert.deepEqual(parseVia('SIP / 2.0 / udp first.Example.com : 4000 ; ttl = 16 ;branch=z9hG4bKa7c6a8dlze.1'), {
      transport: 'UDP',
      host: 'first.example.com',
      port: 4000,
      parameters: new Map([
        ['ttl', '16'],
        ['branch', 'z9hG4bKa7c6a8dlze.1'],
      ]),
    });
    assert.equal(via('SIP/2.0/TLS [2001:db8::1]:5061;rport').host, '[2001:db8::1]');
    assert.equal(via('SIP/2.0/UDP [2001:db8::1];received=2001:db8::2').parameters.get('received'), '2001:db8::2');
  });

  it('is refused when malformed', () => {
    for (const value of [
      '',
      'SIP/2.0/UDP',
      'SIP/3.0/UDP h',
      'SIP/2.0 h',
      'UDP h',
      'SIP/2.0/UDP h:x',
      'SIP/2.0/UDP h;',
      'SIP/2.0/UDP h;;a',
      'SIP/2.0/UDP h, SIP/2.0/UDP g',
      'SIP/2.0/UDP h:70000',
      'SIP/2.0/UDP 2001:db8::1',
    ]) {
      assert.equal(parseVia(value), undefined, value);
    }
  });

  it('is written as it was read', () => {
    for (const value of ['SIP/2.0/UDP h:5060;branch=z9hG4bK1;rport', 'SIP/2.0/WSS df7jal23ls0d.invalid;branch=z9hG4bK56sdasks']) {
      assert.equal(formatVia(via(value)), value);
    }
  });

  it('identifies a transaction only by a branch with the cookie', () => {
    assert.equal(transactionBranch(via('SIP/2.0/UDP h;branch=Z9HG4BKx')), 'Z9HG4BKx');
    assert.equal(transactionBranch(via('SIP/2.0/UDP h;branch=1')), undefined);
    assert.equal(transactionBranch(via('SIP/2.0/UDP h')), undefined);
  });
});

describe('the way back', () => {
  it('is noted as received when sent-by is another address, and as rport when asked for', () => {
    const noted = (value: string) => formatVia(receivedFrom(via(value), '198.51.100.7', 5070));
    assert.equal(noted('SIP/2.0/UDP h;rport;branch=z9hG4bK1'), 'SIP/2.0/UDP h;rport=5070;branch=z9hG4bK1;received=198.51.100.7');
    assert.equal(noted('SIP/2.0/UDP 198.51.100.7'), 'SIP/2.0/UDP 198.51.100.7');
    assert.equal(noted('SIP/2.0/UDP 198.51.100.7;rport'), 'SIP/2.0/UDP 198.51.100.7;rport=5070;received=198.51.100.7');
    assert.equal(noted('SIP/2.0/UDP h;received=203.0.113.1'), 'SIP/2.0/UDP h;received=198.51.100.7');
  });
});
