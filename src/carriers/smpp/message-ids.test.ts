import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MessageIds } from './message-ids.ts';

describe('message ids of responses and receipts', () => {
  it('makes hex and decimal one, where the forms are configured', () => {
    const ids = new MessageIds('hex', 'decimal');
    assert.equal(ids.submitted('00ABCDEF'), '11259375');
    assert.equal(ids.receipted(undefined, '11259375'), '11259375');
    assert.equal(ids.receipted('00ABCDEF', '11259375'), '11259375');
    const other = new MessageIds('decimal', 'hex');
    assert.equal(other.submitted('0000000255'), other.receipted(undefined, 'FF'));
    assert.equal(ids.submitted('ffffffffffffffffffff'), ids.receipted(undefined, '1208925819614629174706175'));
  });

  it('leaves ids that are no numbers alone', () => {
    const ids = new MessageIds('hex', 'decimal');
    assert.equal(ids.submitted('5f1d-xyz'), '5f1d-xyz');
    assert.equal(ids.receipted(undefined, '5f1d-xyz'), '5f1d-xyz');
    const auto = new MessageIds('auto', 'auto');
    assert.equal(auto.submitted(' id_7 '), 'id_7');
    assert.equal(auto.receipted(undefined, 'id_7'), 'id_7');
    assert.equal(auto.receipted(undefined, undefined), undefined);
  });

  it('finds out by itself that receipts come in decimal, and keeps to it for ids it does not remember', () => {
    const ids = new MessageIds('auto', 'auto');
    for (const number of [0xfa01, 0xfa02, 0xfa03]) ids.submitted(number.toString(16).toUpperCase().padStart(8, '0'));
    assert.equal(ids.receipted(undefined, String(0xfa02)), '0000FA02');
    assert.equal(ids.receipted(undefined, String(0xfb00)), '0000FB00');
  });

  it('finds out that receipts come in hex', () => {
    const ids = new MessageIds('auto', 'auto');
    ids.submitted('1000001');
    assert.equal(ids.receipted(undefined, (1_000_001).toString(16)), '1000001');
    assert.equal(ids.receipted(undefined, (1_000_002).toString(16)), '1000002');
  });

  it('does not take one number for another where ids count up and it remembers nothing of the one asked for', () => {
    const ids = new MessageIds('auto', 'auto');
    for (let number = 1_000; number < 2_000; number++) ids.submitted(String(number));
    assert.equal(ids.receipted(undefined, '500'), '500', '0x500 is 1280, which is known and another message');
    assert.equal(ids.receipted(undefined, '1500'), '1500');
  });

  it('prefers the id as it is, and the parameter before the text', () => {
    const ids = new MessageIds('auto', 'auto');
    ids.submitted('10');
    ids.submitted('a');
    assert.equal(ids.receipted(undefined, '10'), '10');
    ids.submitted('ff');
    assert.equal(ids.receipted('ff', '255'), 'ff');
    assert.equal(ids.receipted('never-seen', undefined), 'never-seen');
  });
});
