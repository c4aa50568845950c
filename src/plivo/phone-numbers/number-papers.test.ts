import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, objectsOf, stockInventory } from '../../../testkit/api-client.ts';
import { ComplianceRig, PDF } from '../../../testkit/compliance-rig.ts';
import { defaultCompliance } from '../../compliance/configuration.ts';
import { documentTypes } from '../../compliance/regulatory/document-types.ts';

describe('a number of a country that wants papers', () => {
  let rig: ComplianceRig;
  let api: ApiClient;
  let next = 918045678100;
  before(async () => {
    rig = await ComplianceRig.start();
    api = await rig.tenant('Papers');
  });
  after(() => rig.close());

  const stock = async () => {
    const number = String(next++);
    await stockInventory(rig.fixture, [{ number, country: 'IN' }]);
    return number;
  };
  /** An application that was accepted. */
  const application = async () => {
    const data = {
      country_iso: 'IN',
      number_type: 'local',
      alias: 'India',
      end_user: { type: 'business', name: 'Acme', country: 'IN' },
      documents: [
        { document_type_id: documentTypes.registrationCertificate.id, data_fields: { business_name: 'Acme Ltd' } },
        { document_type_id: documentTypes.gstCertificate.id, unique_identification_number: '22AAAAA0000A1Z5' },
      ],
    };
    const files = { 'documents[0].file': { bytes: PDF }, 'documents[1].file': { bytes: PDF } };
    const { status, body } = await rig.upload(api, 'PhoneNumber/Compliance/', { data: JSON.stringify(data) }, files);
    assert.equal(status, 201, String(body.error));
    await rig.decide(String(body.compliance_id));
    return String(body.compliance_id);
  };
  const buy = async (number: string, given: Record<string, unknown> = {}) => {
    const { status, body } = await api.post(`PhoneNumber/${number}/`, given);
    assert.equal(status, 201, String(body.error));
    assert.ok(Array.isArray(body.numbers));
    return body.numbers[0].status;
  };
  const usable = async (number: string) => {
    const { active } = (await api.get(`Number/${number}/`)).body;
    const found = await rig.fixture.services.numberDirectory.find(number);
    return [active, found?.smsEnabled, found?.voiceEnabled];
  };

  it('is rented and does nothing until an accepted application is attached', async () => {
    const id = await application();
    const [first, second] = [await stock(), await stock()];
    for (const number of [first, second]) {
      assert.equal(await buy(number), 'pending');
      assert.deepEqual(await usable(number), [false, false, false]);
    }
    assert.equal((await api.post(`Number/${first}/`, { compliance_id: id })).status, 202);
    const link = await api.post('PhoneNumber/Compliance/Link/', { numbers: [{ number: second, compliance_application_id: id }] });
    assert.equal(link.body.updated_count, 1);
    for (const number of [first, second]) assert.deepEqual(await usable(number), [true, true, true]);
  });

  it('sends no code while it waits: the one that works does, however many wait', async () => {
    const working = '14155550196';
    await stockInventory(rig.fixture, [{ number: working }]);
    await buy(working);
    await rig.fixture.clock.advance(1_000);
    for (let bought = 0; bought < 2; bought++) assert.equal(await buy(await stock()), 'pending');
    const { status, body } = await api.post('Verify/Session/', { recipient: '+14155551234', channel: 'sms' });
    assert.equal(status, 202, String(body.error));
    const [message] = objectsOf(await api.get('Message/'));
    assert.equal(message?.from_number, working);
  });

  it('works at once when it is bought with one', async () => {
    const number = await stock();
    assert.equal(await buy(number, { compliance_application_id: await application() }), 'Success');
    assert.deepEqual(await usable(number), [true, true, true]);
  });

  it('works at once where the operator asks for no papers, and elsewhere', async () => {
    const american = '14155550195';
    await stockInventory(rig.fixture, [{ number: american }]);
    assert.equal(await buy(american), 'Success');
    const rule = { country: 'IN', numberTypes: ['mobile'], userTypes: ['business'], proofs: [] } as const;
    rig.fixture.ringdown.useCompliance({ ...defaultCompliance, requirements: [rule] });
    assert.equal(await buy(await stock()), 'Success');
  });
});
