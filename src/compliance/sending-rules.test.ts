import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { MessagingRig, OWN, PHONE } from '../../testkit/messaging-rig.ts';
import { defaultCompliance, type Enforcement } from './configuration.ts';

const TOLL_FREE = '18005550170';
const CANADA = '16045550123';
const BRITAIN = '447400123456';

describe('what unregistered numbers may send', () => {
  let rig: MessagingRig;
  before(async () => {
    rig = await MessagingRig.start();
    await rig.addNumber(TOLL_FREE, { type: 'tollfree' });
  });
  after(() => rig.close());

  const enforce = (enforcement: Partial<Enforcement>) =>
    rig.fixture.ringdown.useCompliance({
      ...defaultCompliance,
      enforcement: { ...defaultCompliance.enforcement, ...enforcement },
    });
  const details = async (number: string, value: object) => {
    await rig.query('update numbers set details = $2 where number = $1', [number, JSON.stringify(value)]);
    rig.fixture.services.compliance.numberChanged(number);
  };
  const send = async (src: string, dst: string) => {
    const { status, body } = await rig.tenant.post('Message/', { src, dst, text: 'Hello' });
    assert.equal(status, 202, String(body.error));
    const [id] = Array.isArray(body.message_uuid) ? body.message_uuid : [];
    const [row] = await rig.query<{ error_code: string | null; campaign_status: string | null; campaign_id: string | null }>(
      'select error_code, campaign_status, campaign_id from messages where id = $1',
      [id],
    );
    return row;
  };

  it('everything, unless the operator enforces registration', async () => {
    enforce({});
    assert.deepEqual(await send(OWN, PHONE), { error_code: null, campaign_status: 'unregistered', campaign_id: null });
    assert.equal((await send(TOLL_FREE, PHONE))?.error_code, null);
  });

  it('nothing from a US long code to the US where it is refused: 100, as carriers would', async () => {
    enforce({ unregisteredLongCode: 'refuse' });
    assert.equal((await send(OWN, PHONE))?.error_code, '100');
    assert.equal((await send(OWN, BRITAIN))?.error_code, null);
    assert.equal((await send(TOLL_FREE, PHONE))?.error_code, null);
    await details(OWN, { tendlcRegistrationStatus: 'PROCESSING', tendlcCampaignId: 'CAAAAAA' });
    assert.equal((await send(OWN, PHONE))?.error_code, '100');
    await details(OWN, { tendlcRegistrationStatus: 'COMPLETED', tendlcCampaignId: 'CAAAAAA' });
    assert.deepEqual(await send(OWN, PHONE), { error_code: null, campaign_status: 'registered', campaign_id: 'CAAAAAA' });
    await details(OWN, {});
  });

  it('nothing from a toll-free number to the US and Canada where that is refused', async () => {
    enforce({ unverifiedTollFree: 'refuse' });
    await rig.query(`update numbers set country_iso = 'CA' where number = $1`, [TOLL_FREE]);
    rig.fixture.services.compliance.numberChanged(TOLL_FREE);
    for (const status of ['UNVERIFIED', 'PENDING_VERIFICATION']) {
      await details(TOLL_FREE, { tollFreeVerification: status });
      assert.equal((await send(TOLL_FREE, PHONE))?.error_code, '100');
      assert.equal((await send(TOLL_FREE, CANADA))?.error_code, '100');
    }
    assert.equal((await send(OWN, PHONE))?.error_code, null);
    await details(TOLL_FREE, { tollFreeVerification: 'VERIFIED' });
    assert.equal((await send(TOLL_FREE, PHONE))?.error_code, null);
    assert.equal(rig.fixture.services.compliance.sendingRules.rateOf(TOLL_FREE), 25);
  });

  it('one message a second and 2000 a day where it is limited', async () => {
    enforce({ unregisteredLongCode: 'limit' });
    const { sendingRules } = rig.fixture.services.compliance;
    await sendingRules.prepare(OWN);
    assert.equal(sendingRules.rateOf(OWN), 1);
    const today = Math.floor(rig.clock.now() / 86_400_000) * 86_400;
    await rig.query('insert into usage_counters (scope, period, used) values ($1, to_timestamp($2), 1999)', [
      `sender:${rig.tenant.authId}:${OWN}`,
      today,
    ]);
    assert.equal((await send(OWN, BRITAIN))?.error_code, null, 'is not counted');
    assert.equal((await send(OWN, PHONE))?.error_code, null);
    assert.equal((await send(OWN, PHONE))?.error_code, '100');
    assert.equal((await send(OWN, BRITAIN))?.error_code, null);
  });

  it('as much as its campaign has, shared by its numbers', async () => {
    const { sendingRules } = rig.fixture.services.compliance;
    const second = '14155550109';
    await rig.addNumber(second);
    await rig.query(
      `insert into tendlc_campaigns (id, account_id, status, facts, created_at, updated_at)
       values ('CBBBBBB', $1, 'ACTIVE', '{"tier": {"messagesPerMinute": 225}}', now(), now())`,
      [rig.tenant.authId],
    );
    for (const number of [OWN, second]) {
      await rig.query(
        `insert into tendlc_campaign_numbers (number, campaign_id, status, method, created_at, updated_at)
         values ($1, 'CBBBBBB', 'LINKED', 'POST', now(), now())`,
        [number],
      );
      await details(number, { tendlcRegistrationStatus: 'COMPLETED', tendlcCampaignId: 'CBBBBBB' });
    }
    enforce({ unregisteredLongCode: 'limit' });
    await sendingRules.prepare(OWN);
    assert.equal(sendingRules.rateOf(OWN), 225 / 60 / 2);
    enforce({});
    assert.equal(sendingRules.rateOf(OWN), undefined);
  });
});
