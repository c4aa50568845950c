import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import type { ApiClient } from '../../../testkit/api-client.ts';
import { ComplianceRig } from '../../../testkit/compliance-rig.ts';

let rig: ComplianceRig;
let api: ApiClient;
before(async () => {
  rig = await ComplianceRig.start();
  api = await rig.tenant('Otp');
  await rig.number(api);
});
after(() => rig.close());

const brand = async (): Promise<string> =>
  String((await api.post('10dlc/Brand/', { profile_uuid: await rig.profile(api), brand_alias: 'Corner shop' })).body.brand_id);

/** The code that the contact has read last. */
async function codeRead(): Promise<string> {
  for (let tries = 0; tries < 200; tries++) {
    const { rows } = await rig.fixture.database.storage.pool.query<{ text: string }>(
      `select coalesce(o.payload->>'text', m.text) as text from messages m left join outbox o on o.message_id = m.id
       where m.account_id = $1 and m.to_number = '14155550123' order by m.id desc limit 1`,
      [api.authId],
    );
    const code = /^\d{6}/.exec(rows[0]?.text ?? '')?.[0];
    if (code !== undefined) return code;
    const [read] = (await rig.fixture.ringdown.phones.receive('14155550123')).toReversed();
    const received = /^\d{6}/.exec(read?.text ?? '')?.[0];
    if (received !== undefined) return received;
    await rig.fixture.clock.advance(10);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.fail('no code came');
}

test('the contact of a brand gets a code by SMS, and the right one confirms it', async () => {
  const id = await brand();
  assert.equal((await api.post(`10dlc/Brand/${id}/OTP/`, { otp: '123456' })).status, 409, 'none was sent');
  assert.equal((await api.post(`10dlc/Brand/${id}/OTP/`, {})).status, 200);
  const code = await codeRead();
  const wrong = code === '000000' ? '000001' : '000000';
  assert.match(String((await api.post(`10dlc/Brand/${id}/OTP/`, { otp: wrong })).body.error), /not the code that was sent/);
  assert.equal((await api.post(`10dlc/Brand/${id}/OTP/`, { otp: code })).status, 200);
  assert.equal(typeof (await rig.openCase(id)).facts.otpConfirmedAt, 'string');
});

test('after five wrong codes, and after a quarter of an hour, none is right', async () => {
  const id = await brand();
  await api.post(`10dlc/Brand/${id}/OTP/`, {});
  for (let wrong = 0; wrong < 5; wrong++) await api.post(`10dlc/Brand/${id}/OTP/`, { otp: `${wrong}` });
  assert.match(String((await api.post(`10dlc/Brand/${id}/OTP/`, { otp: '9' })).body.error), /not valid any more/);
  await api.post(`10dlc/Brand/${id}/OTP/`, {});
  await rig.fixture.clock.advance(15 * 60_000 + 1);
  assert.match(String((await api.post(`10dlc/Brand/${id}/OTP/`, { otp: '9' })).body.error), /not valid any more/);
});
