import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { callbackTime, redactedNumber } from './callback-format.ts';
import { inboundMessageParams } from './inbound-message.ts';
import { type MessageStatusEvent, messageStatusParams } from './message-status.ts';

const at = Date.UTC(2026, 0, 12, 9, 14, 2, 118);
const queued: MessageStatusEvent = {
  messageId: '5b0e1a40-8c11-11f0-a3b7-0242ac110003',
  from: '+14155550100',
  to: '+14155550123',
  redactTo: false,
  type: 'sms',
  status: 'queued',
  errorCode: null,
  units: 1,
  totalRate: '0.00250',
  totalAmount: '0.00250',
  mcc: null,
  mnc: null,
  sequence: 1,
  messageTime: at + 0.23,
  queuedTime: at + 1.793,
  sentTime: null,
  deliveryReportTime: null,
  powerpackId: null,
  requesterIp: null,
  conversation: null,
};

describe('delivery report callback', () => {
  it('of a queued message has the keys of the captured one, and no charge yet', () => {
    assert.equal(
      new URLSearchParams(messageStatusParams(queued)).toString(),
      'From=14155550100&MessageTime=2026-01-12+09%3A14%3A02.118230&MessageUUID=5b0e1a40-8c11-11f0-a3b7-0242ac110003&' +
        'ParentMessageUUID=5b0e1a40-8c11-11f0-a3b7-0242ac110003&PartInfo=1+of+1&PowerpackUUID=&' +
        'QueuedTime=2026-01-12+09%3A14%3A02.119793&Sequence=1&Status=queued&To=14155550123&' +
        'TotalAmount=0.00000&TotalRate=0.00000&Type=sms&Units=1',
    );
  });

  it('of an undelivered message says why, where and when', () => {
    const params = messageStatusParams({
      ...queued,
      status: 'undelivered',
      errorCode: '80',
      mcc: '310',
      mnc: '004',
      sequence: 3,
      sentTime: at + 2000,
      deliveryReportTime: at + 4000,
      requesterIp: '203.0.113.9',
      powerpackId: 'pp',
      totalAmount: '0.00500',
      units: 2,
    });
    assert.deepEqual(params, {
      DeliveryReportTime: '2026-01-12 09:14:06.118000',
      ErrorCode: '80',
      From: '14155550100',
      MCC: '310',
      MNC: '004',
      MessageTime: '2026-01-12 09:14:02.118230',
      MessageUUID: queued.messageId,
      ParentMessageUUID: queued.messageId,
      PartInfo: '1 of 1',
      PowerpackUUID: 'pp',
      QueuedTime: '2026-01-12 09:14:02.119793',
      SentTime: '2026-01-12 09:14:04.118000',
      Sequence: '3',
      Status: 'undelivered',
      To: '14155550123',
      TotalAmount: '0.00500',
      TotalRate: '0.00250',
      Type: 'sms',
      Units: '2',
      requester_ip: '203.0.113.9',
    });
  });

  it('carries an error code for failures alone', () => {
    assert.equal('ErrorCode' in messageStatusParams({ ...queued, status: 'delivered', errorCode: '000' }), false);
    assert.equal(messageStatusParams({ ...queued, status: 'failed', errorCode: '420' }).ErrorCode, '420');
  });

  it('hides the last three digits of a redacted recipient', () => {
    assert.equal(messageStatusParams({ ...queued, redactTo: true }).To, '14155550***');
    assert.equal(redactedNumber('12025550123'), '12025550***');
  });

  it('tells the WhatsApp conversation with its end in Unix seconds', () => {
    const params = messageStatusParams({
      ...queued,
      type: 'whatsapp',
      status: 'read',
      conversation: { id: 'c1', origin: 'utility', expiresAt: at },
    });
    assert.equal(params.ConversationID, 'c1');
    assert.equal(params.ConversationOrigin, 'utility');
    assert.equal(params.ConversationExpirationTimestamp, String(Math.floor(at / 1000)));
  });
});

describe('inbound message callback', () => {
  const base = {
    messageId: 'm1',
    from: '+14155550123',
    to: '+14155550100',
    text: 'Hello',
    units: 2,
    totalRate: '0.00000',
    totalAmount: '0.00000',
  };

  it('of an SMS has the captured keys, free of charge as a bare 0', () => {
    assert.deepEqual(Object.entries(inboundMessageParams({ ...base, type: 'sms', intent: 'help', powerpackId: null })), [
      ['From', '14155550123'],
      ['MessageIntent', 'help'],
      ['MessageUUID', 'm1'],
      ['PowerpackUUID', ''],
      ['Text', 'Hello'],
      ['To', '14155550100'],
      ['TotalAmount', '0'],
      ['TotalRate', '0'],
      ['Type', 'sms'],
      ['Units', '2'],
    ]);
    const shortCode = inboundMessageParams({ ...base, type: 'sms', intent: null, powerpackId: null, totalRate: '0.00300' });
    assert.equal('MessageIntent' in shortCode, false);
    assert.equal(shortCode.TotalRate, '0.00300');
  });

  it('of an MMS has its text under both names and media from Media0', () => {
    const params = inboundMessageParams({
      ...base,
      type: 'mms',
      powerpackId: null,
      mediaUrls: ['https://m/0', 'https://m/1'],
      errorCode: '140',
    });
    assert.equal(params.Text, 'Hello');
    assert.equal(params.Body, 'Hello');
    assert.equal(params.MediaCount, '2');
    assert.equal(params.Media0, 'https://m/0');
    assert.equal(params.Media1, 'https://m/1');
    assert.equal(params.ErrorCode, '140');
  });

  it('of a WhatsApp message has Body and ContentType, and counts one unit', () => {
    const params = inboundMessageParams({
      ...base,
      type: 'whatsapp',
      contentType: 'media',
      mediaUrls: ['https://m/0'],
      mimeType: 'video/mp4',
      errorCode: null,
      conversation: null,
    });
    assert.equal(params.Body, 'Hello');
    assert.equal('Text' in params, false);
    assert.equal(params.ContentType, 'media');
    assert.equal(params.MimeType, 'video/mp4');
    assert.equal(params.Media0, 'https://m/0');
    assert.equal(params.Units, '1');
  });
});

it('writes times to the microsecond in UTC', () => {
  assert.equal(callbackTime(at), '2026-01-12 09:14:02.118000');
});
