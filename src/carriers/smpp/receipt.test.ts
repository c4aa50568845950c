import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { textTlv } from '../../../testkit/smsc-receipts.ts';
import { ErrorCodes } from './error-codes.ts';
import { isReceipt, judgeReceipt, readReceipt } from './receipt.ts';
import { octetTlv, type Tlv, TlvTag } from './tlv.ts';

const codes = new ErrorCodes({}, []);
const RECEIPT = 0x04;

function judged(text: string, tlvs: readonly Tlv[] = [], table: Record<string, string> = {}, esmClass = RECEIPT) {
  const receipt = readReceipt(esmClass, text, tlvs);
  return { id: receipt.parameterId ?? receipt.textId, ...judgeReceipt(receipt, new ErrorCodes(table, [])) };
}

describe('delivery receipts', () => {
  it('reads the text of Appendix B', () => {
    const text = 'id:0123456789 sub:001 dlvrd:001 submit date:0809011130 done date:0809011131 stat:DELIVRD err:000 text:Hello';
    assert.deepEqual(judged(text), { id: '0123456789', state: 'delivered', errorCode: '000', detail: 'stat:DELIVRD err:000' });
  });

  it('reads the variants that SMSCs send', () => {
    const variants: readonly (readonly [string, string, string])[] = [
      ['id:ab-12_3 sub:1 dlvrd:0 stat:UNDELIV err:011 Text:abc', 'ab-12_3', 'undelivered'],
      ['ID: 77 STAT: DELIVRD ERR: 0', '77', 'delivered'],
      ['id:5 stat:EXPIRED', '5', 'undelivered'],
      ['id:5 submit date:2601120914 done date:2601120914 stat:REJECTD err:8 text:id:9 stat:DELIVRD', '5', 'undelivered'],
      ['id:8sub:001dlvrd:001stat:DELIVRDerr:000text:', '8', 'delivered'],
      ['id:5 stat:ENROUTE err:000', '5', 'intermediate'],
      ['id:5 stat:ACCEPTD', '5', 'intermediate'],
      ['id:5 stat:DELIVERED', '5', 'delivered'],
      ['id:5 stat:FAILED', '5', 'undelivered'],
      ['stat:DELIVRD id:6', '6', 'delivered'],
    ];
    for (const [text, id, state] of variants) {
      const receipt = judged(text);
      assert.deepEqual([receipt.id, receipt.state], [id, state], text);
    }
  });

  it('reads the parameters, which win over the text', () => {
    const tlvs = [
      textTlv(TlvTag.receiptedMessageId, 'ff01'),
      octetTlv(TlvTag.messageState, 5),
      { tag: TlvTag.networkErrorCode, value: Uint8Array.of(3, 0, 1) },
    ];
    assert.deepEqual(judged('id:65281 stat:DELIVRD', tlvs), {
      id: 'ff01',
      state: 'undelivered',
      errorCode: '50',
      detail: 'stat:UNDELIV network:3:0001',
    });
  });

  it('knows receipts by message type, or by their parameters where the type is missing', () => {
    assert.ok(isReceipt(0x04, []));
    assert.ok(isReceipt(0x44, []));
    assert.ok(isReceipt(0x20, []));
    assert.ok(isReceipt(0x08, []));
    assert.ok(isReceipt(0x00, [textTlv(TlvTag.receiptedMessageId, '1'), octetTlv(TlvTag.messageState, 2)]));
    assert.ok(!isReceipt(0x00, [textTlv(TlvTag.receiptedMessageId, '1')]));
    assert.ok(!isReceipt(0x40, []));
  });

  it('takes notifications of intermediate type as such whatever state they name', () => {
    assert.equal(judged('id:5 stat:DELIVRD', [], {}, 0x20).state, 'intermediate');
    assert.equal(judged('id:5 stat:UNDELIV', [], {}, 0x08).state, 'intermediate');
  });

  it('maps states to message error codes, and lets the operator say otherwise, the exactest word first', () => {
    assert.equal(judged('id:5 stat:EXPIRED').errorCode, '80');
    assert.equal(judged('id:5 stat:REJECTD').errorCode, '100');
    assert.equal(judged('id:5 stat:UNDELIV err:1107').errorCode, '70');
    assert.equal(judged('id:5 stat:UNDELIV err:1107', [], { 'err:1107': '30' }).errorCode, '30');
    assert.equal(judged('id:5 stat:UNDELIV err:1', [], { 'err:1107': '30', 'stat:undeliv': '20' }).errorCode, '20');
    assert.equal(judged('id:5 stat:WHATEVER').errorCode, '1000');
    assert.equal(judged('id:5').errorCode, '1000');
  });

  it('never fails and never takes long, whatever the text', () => {
    fc.assert(fc.property(fc.string({ maxLength: 1000 }), (text) => judged(text).detail.startsWith('stat:')));
    const begin = performance.now();
    judged(`id:${'a'.repeat(65_000)}`);
    judged('id: '.repeat(16_000));
    assert.ok(performance.now() - begin < 200);
  });
});

describe('error codes', () => {
  it('maps submit statuses, vendor ones to unknown', () => {
    assert.equal(codes.ofStatus(0x0b), '50');
    assert.equal(codes.ofStatus(0x0a), '40');
    assert.equal(codes.ofStatus(0x01), '110');
    assert.equal(codes.ofStatus(0x45), '20');
    assert.equal(codes.ofStatus(0x401), '1000');
  });

  it('takes names and numbers, also for more throttling statuses', () => {
    const own = new ErrorCodes({ ESME_RSUBMITFAIL: '90', '0x401': '30', '1026': '900' }, ['ESME_RSYSERR', 0x500]);
    assert.equal(own.ofStatus(0x45), '90');
    assert.equal(own.ofStatus(0x401), '30');
    assert.equal(own.ofStatus(1026), '900');
    for (const status of [0x58, 0x14, 0x08, 0x500]) assert.ok(own.isThrottle(status));
    assert.ok(!own.isThrottle(0x45));
  });

  it('refuses tables with keys or codes that mean nothing', () => {
    assert.throws(() => new ErrorCodes({ ESME_RTYPO: '20' }, []), RangeError);
    assert.throws(() => new ErrorCodes({ ESME_RSYSERR: '21' }, []), RangeError);
    assert.throws(() => new ErrorCodes({}, ['often']), RangeError);
  });
});
