import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, it } from 'node:test';
import plivo from 'plivo';
import { MessagingRig, OWN, PHONE } from '../../testkit/messaging-rig.ts';

let rig: MessagingRig;
before(async () => {
  rig = await MessagingRig.start();
});
after(() => rig.close());
beforeEach(() => {
  rig.lab.submits.length = 0;
  rig.lab.script = () => rig.lab.accept();
});

describe('a message', () => {
  it('goes queued, sent, delivered, and each state is told once, in order, signed', async () => {
    const url = rig.hooks.url('/status?tenant=7');
    const id = await rig.sendOne({ url });
    await rig.reaches(id, 'sent');
    await rig.clock.advance(1000);
    await rig.lab.receipt(id, 'delivered');
    await rig.until(() => rig.callbacks(id).length === 3);
    assert.deepEqual(rig.statuses(id), ['1 queued', '2 sent', '3 delivered']);
    const [queued, sent, delivered] = rig.callbacks(id).map(({ params }) => params);
    assert.deepEqual([queued?.TotalAmount, queued?.SentTime, queued?.DeliveryReportTime], ['0.00000', undefined, undefined]);
    assert.match(sent?.SentTime ?? '', /^2026-01-12 /);
    assert.notEqual(sent?.TotalAmount, '0.00000');
    assert.match(delivered?.DeliveryReportTime ?? '', /^2026-01-12 /);
    for (const { params, headers } of rig.callbacks(id)) {
      assert.deepEqual(
        [params.From, params.To, params.Units, params.Type, params.ErrorCode],
        [OWN, PHONE, '1', 'sms', undefined],
      );
      const nonce = String(headers['x-plivo-signature-v3-nonce']);
      const signature = String(headers['x-plivo-signature-ma-v3']);
      assert.ok(plivo.validateV3Signature('POST', url, nonce, rig.tenant.authToken, signature, { ...params }));
    }
  });
});
