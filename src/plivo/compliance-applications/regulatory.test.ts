import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type ApiClient, objectsOf } from '../../../testkit/api-client.ts';
import { ComplianceRig, PDF } from '../../../testkit/compliance-rig.ts';
import { basic, OPERATOR_TOKEN } from '../../../testkit/plivo-fixture.ts';
import { documentTypes } from '../../compliance/regulatory/document-types.ts';

const REGISTRATION = documentTypes.registrationCertificate.id;
const GST = documentTypes.gstCertificate.id;
const CALLBACK = 'http://127.0.0.1:9/compliance';

describe('regulatory compliance over the API', () => {
  let rig: ComplianceRig;
  let api: ApiClient;
  before(async () => {
    rig = await ComplianceRig.start();
    api = await rig.tenant('Business');
  });
  after(() => rig.close());

  const endUser = async (given: Record<string, unknown> = {}) => {
    const user = { name: 'Acme', last_name: null, end_user_type: 'business', ...given };
    const { status, body } = await api.post('EndUser/', user);
    assert.equal(status, 201, String(body.error));
    return String(body.end_user_id);
  };
  const document = async (endUserId: string, type: string, fields: Record<string, string>) => {
    const given = { end_user_id: endUserId, document_type_id: type, alias: 'paper', ...fields };
    const { status, body } = await rig.upload(api, 'ComplianceDocument/', given, { file: { bytes: PDF } });
    assert.equal(status, 201, String(body.error));
    return String(body.document_id);
  };
  const papers = async (endUserId: string) => [
    await document(endUserId, REGISTRATION, { business_name: 'Acme Ltd' }),
    await document(endUserId, GST, { unique_identification_number: '22AAAAA0000A1Z5' }),
  ];
  const data = (given: Record<string, unknown> = {}) =>
    JSON.stringify({
      country_iso: 'IN',
      number_type: 'local',
      alias: 'India',
      end_user: { type: 'business', name: 'Acme', email: 'a@example.com', address_line1: '1 MG Road', country: 'IN' },
      documents: [
        { document_type_id: REGISTRATION, data_fields: { business_name: 'Acme Ltd' } },
        { document_type_id: GST, unique_identification_number: '22AAAAA0000A1Z5', file_name: 'x.pdf' },
      ],
      callback_url: CALLBACK,
      ...given,
    });
  const files = { 'documents[0].file': { name: 'a.pdf', bytes: PDF }, 'documents[1].file': { name: 'b.pdf', bytes: PDF } };
  const submit = async (given: Record<string, unknown> = {}) => {
    const { status, body } = await rig.upload(api, 'PhoneNumber/Compliance/', { data: data(given) }, files);
    assert.equal(status, 201, String(body.error));
    assert.equal(body.message, 'Compliance application created and submitted for review.');
    return String(body.compliance_id);
  };

  it('end users live', async () => {
    const id = await endUser({ last_name: 'Ltd' });
    const { body } = await api.get(`EndUser/${id}/`);
    assert.deepEqual([body.name, body.last_name, body.end_user_type], ['Acme', 'Ltd', 'business']);
    assert.match(String(body.created_at), /Z$/);
    assert.equal((await api.post(`EndUser/${id}/`, { name: 'Zeta', end_user_id: id })).status, 202);
    assert.deepEqual(
      objectsOf(await api.get('EndUser/?name=Zeta&end_user_type=business')).map((one) => one.end_user_id),
      [id],
    );
    assert.equal((await api.delete(`EndUser/${id}/`)).status, 204);
    assert.equal((await api.get(`EndUser/${id}/`)).status, 404);
    assert.equal((await api.post('EndUser/', { name: 'x', end_user_type: 'alien' })).status, 400);
  });

  it('the kind of an end user may begin with a capital, as the Ruby SDK writes it', async () => {
    const id = await endUser({ name: 'Ruby', end_user_type: 'Business' });
    assert.equal((await api.get(`EndUser/${id}/`)).body.end_user_type, 'business');
    assert.equal(objectsOf(await api.get('EndUser/?name=Ruby&end_user_type=Business')).length, 1);
    assert.equal((await api.post(`EndUser/${id}/`, { end_user_type: 'Individual' })).status, 202);
    assert.equal((await api.get(`EndUser/${id}/`)).body.end_user_type, 'individual');
    const found = await api.get('ComplianceRequirement/?country_iso2=IN&number_type=local&end_user_type=Business');
    assert.equal(found.body.end_user_type, 'business');
    assert.deepEqual(objectsOf(await api.get('ComplianceApplication/?end_user_type=Individual')), []);
  });

  it('what needs no file may come as a form, as the Ruby SDK sends it', async () => {
    const post = async (path: string, fields: Record<string, string>) => {
      const { statusCode, body } = await rig.fixture.http.inject({
        method: 'POST',
        url: `/v1/Account/${api.authId}/${path}`,
        headers: { ...basic(api), 'content-type': 'application/x-www-form-urlencoded' },
        payload: new URLSearchParams(fields).toString(),
      });
      return { status: statusCode, body: JSON.parse(body) };
    };
    const user = await endUser();
    const id = await document(user, REGISTRATION, { business_name: 'Acme Ltd' });
    assert.equal((await post(`ComplianceDocument/${id}/`, { alias: 'Größe & Form' })).status, 202);
    assert.equal((await api.get(`ComplianceDocument/${id}/`)).body.alias, 'Größe & Form');
    const incomplete = await post('PhoneNumber/Compliance/', { data: data({ documents: [] }) });
    assert.deepEqual([incomplete.status, incomplete.body.error_code], [400, 'invalid_parameter']);
    assert.match(incomplete.body.error, /^documents parameter is invalid: Proof of Registration is missing/);
    const endless = await post(
      'PhoneNumber/Compliance/',
      Object.fromEntries(Array.from({ length: 51 }, (_, at) => [`f${at}`, ''])),
    );
    assert.deepEqual([endless.status, endless.body.error_code], [400, 'malformed_request']);
  });

  it('document types and requirements are a catalogue', async () => {
    const types = objectsOf(await api.get('ComplianceDocumentType/?limit=2'));
    assert.equal(types.length, 2);
    const type = (await api.get(`ComplianceDocumentType/${GST}/`)).body;
    assert.deepEqual([type.document_name, type.proof_required], ['GST Certificate', true]);
    assert.equal((await api.get('ComplianceDocumentType/x/')).status, 404);
    const found = (await api.get('ComplianceRequirement/?country_iso2=IN&number_type=local&end_user_type=business')).body;
    assert.ok(Array.isArray(found.acceptable_document_types));
    assert.equal(found.acceptable_document_types.length, 2);
    const same = (await api.get(`ComplianceRequirement/${found.compliance_requirement_id}/`)).body;
    assert.deepEqual({ ...same, api_id: '' }, { ...found, api_id: '' });
    assert.equal((await api.get('ComplianceRequirement/?phone_number=%2B918045678901')).body.country_iso2, 'IN');
    assert.deepEqual(
      (await api.get('ComplianceRequirement/?country_iso2=US&number_type=local&end_user_type=business')).body
        .acceptable_document_types,
      [],
    );
    for (const query of ['', 'country_iso2=IN', 'country_iso2=IN&number_type=x', 'phone_number=abc']) {
      assert.equal((await api.get(`ComplianceRequirement/?${query}`)).status, 400, query);
    }
    const unified = await api.get('PhoneNumber/Compliance/Requirements/?country_iso=IN&number_type=local&user_type=individual');
    assert.ok(Array.isArray(unified.body.document_types));
    assert.equal(unified.body.document_types[0].required_fields[0].enums, 'Passport,National ID,Driving Licence');
  });

  it('documents keep what is said and their file, which only their account can fetch', async () => {
    const user = await endUser();
    const id = await document(user, REGISTRATION, { business_name: 'Acme Ltd', last_name: '' });
    const { body } = await api.get(`ComplianceDocument/${id}/`);
    assert.deepEqual([body.file_name, body.meta_information], ['paper.pdf', { business_name: 'Acme Ltd' }]);
    const [listed] = objectsOf(
      await api.get(`ComplianceDocument/?end_user_id=${user}&document_type_id=${REGISTRATION}&alias=paper`),
    );
    assert.deepEqual([listed?.compliance_document_id, listed?.file], [id, 'paper.pdf']);
    const changed = await rig.upload(api, `ComplianceDocument/${id}/`, { alias: 'other' }, { file: { bytes: Buffer.alloc(0) } });
    assert.deepEqual([changed.status, changed.body.message], [202, 'changed']);
    assert.equal((await api.post(`ComplianceDocument/${id}/`, { business_name: 'Acme Inc' })).status, 202);
    const after = (await api.get(`ComplianceDocument/${id}/`)).body;
    assert.deepEqual(
      [after.alias, after.file_name, after.meta_information],
      ['other', 'paper.pdf', { business_name: 'Acme Inc' }],
    );
    const url = `/v1/Account/${api.authId}/ComplianceDocument/${id}/File`;
    const fetched = await rig.fixture.http.inject({ url, headers: basic(api) });
    assert.deepEqual([fetched.statusCode, fetched.rawPayload], [200, PDF]);
    assert.equal(fetched.headers['content-type'], 'application/pdf');
    assert.equal((await rig.fixture.http.inject({ url })).statusCode, 401);
    const stranger = await rig.tenant('Stranger');
    const stolen = `/v1/Account/${stranger.authId}/ComplianceDocument/${id}/File`;
    assert.equal((await rig.fixture.http.inject({ url: stolen, headers: basic(stranger) })).statusCode, 404);
    assert.equal((await api.delete(`EndUser/${user}/`)).status, 409);
    const count = async () =>
      (await rig.fixture.database.storage.pool.query('select 1 from compliance_files where unused_since is null')).rowCount ?? 0;
    const before = await count();
    assert.equal((await api.delete(`ComplianceDocument/${id}/`)).status, 204);
    assert.equal(await count(), before - 1);
    await rig.fixture.clock.advance(2 * 3_600_000);
    await rig.compliance.tidy();
    const left = await rig.fixture.database.storage.pool.query('select 1 from compliance_files where unused_since is not null');
    assert.equal(left.rowCount, 0);
  });

  it('documents name what is wrong', async () => {
    const user = await endUser();
    const good = { end_user_id: user, document_type_id: documentTypes.identityProof.id, alias: 'id' };
    for (const [fields, file, named] of [
      [{ end_user_id: 'x' }, PDF, 'end_user_id'],
      [{ document_type_id: 'x' }, PDF, 'document_type_id'],
      [{ type_of_id: 'Library card' }, PDF, 'type_of_id'],
      [{ date_of_expiration: '2026-02-30' }, PDF, 'date_of_expiration'],
      [{ unique_identification_number: 'x'.repeat(51) }, PDF, 'unique_identification_number'],
      [{}, Buffer.from('MZ not a paper'), 'file'],
      [{}, Buffer.concat([PDF, Buffer.alloc(5 * 1024 * 1024)]), 'file'],
    ] as const) {
      const { status, body } = await rig.upload(api, 'ComplianceDocument/', { ...good, ...fields }, { file: { bytes: file } });
      assert.equal(status, 400, named);
      assert.ok(String(body.error).startsWith(`${named} parameter`), String(body.error));
    }
    const long = await rig.upload(api, 'ComplianceDocument/', good, { file: { name: `${'n'.repeat(100)}.pdf`, bytes: PDF } });
    assert.equal(long.status, 400);
  });

  it('applications are drafted, submitted, frozen, rejected, changed and accepted', async () => {
    const user = await endUser();
    const [registration = '', gst = ''] = await papers(user);
    const requirement = { country_iso2: 'IN', number_type: 'local', end_user_type: 'business' };
    const created = await api.post('ComplianceApplication/', {
      ...requirement,
      end_user_id: user,
      document_ids: [registration],
      alias: 'India',
    });
    assert.deepEqual([created.status, created.body.status], [201, 'draft'], String(created.body.error));
    const id = String(created.body.compliance_application_id);
    const path = `ComplianceApplication/${id}/`;
    const incomplete = await api.post(`${path}Submit/`);
    assert.equal(incomplete.status, 400);
    assert.match(String(incomplete.body.error), /Proof of Tax Registration is missing/);
    assert.equal((await api.post(path, { document_ids: [registration, gst] })).status, 202);
    const submitted = await api.post(`${path}Submit/`, {});
    assert.deepEqual([submitted.status, submitted.body.status], [200, 'submitted'], String(submitted.body.error));
    assert.ok(Array.isArray(submitted.body.documents));
    assert.deepEqual(
      submitted.body.documents.map((one) => [one.document_type_name, one.name, one.scope]),
      [
        ['Registration Certificate', 'Proof of Registration', 'global'],
        ['GST Certificate', 'Proof of Tax Registration', 'global'],
      ],
    );
    assert.equal((await api.post(path, { document_ids: [gst] })).status, 409);
    assert.equal((await api.post(`${path}Submit/`)).status, 409);
    assert.equal((await api.delete(`ComplianceDocument/${gst}/`)).status, 409);
    assert.equal((await api.post(`ComplianceDocument/${gst}/`, { alias: 'x' })).status, 409);
    const { facts } = await rig.openCase(id);
    assert.ok(Array.isArray(facts.documents));
    const file = await rig.fixture.http.inject({
      url: `/ringdown/v1/compliance/files/${facts.documents[0].fileId}`,
      headers: { authorization: `Bearer ${OPERATOR_TOKEN}` },
    });
    assert.deepEqual([file.statusCode, file.rawPayload], [200, PDF]);
    await rig.decide(id, { outcome: 'rejected', reason: 'Too old' });
    const rejected = (await api.get(path)).body;
    assert.deepEqual([rejected.status, rejected.rejection_reason], ['rejected', 'Too old']);
    assert.equal((await api.post(`${path}Submit/`)).status, 200);
    await rig.decide(id);
    for (const query of [`end_user_id=${user}`, 'country=IN&status=accepted', 'country_iso2=in&alias=India&number_type=local']) {
      const found = objectsOf(await api.get(`ComplianceApplication/?${query}`));
      assert.deepEqual(
        found.map((one) => [one.compliance_application_id, one.status]),
        [[id, 'accepted']],
        query,
      );
    }
    assert.equal((await api.delete(path)).status, 204);
    const gone = await api.get(path);
    assert.deepEqual([gone.status, gone.body.error], [404, 'Compliance application not found.']);
    const other = await api.post('ComplianceApplication/', {
      ...requirement,
      end_user_id: user,
      document_ids: ['x'],
      alias: 'x',
    });
    assert.equal(other.status, 400);
  });

  it('the unified form does all of it at once, in multipart', async () => {
    const id = await submit();
    const plain = (await api.get(`PhoneNumber/Compliance/${id}/`)).body.compliance;
    assert.ok(typeof plain === 'object' && plain !== null);
    assert.deepEqual(
      { ...plain, created_at: '', updated_at: '' },
      {
        compliance_id: id,
        alias: 'India',
        status: 'submitted',
        country_iso: 'IN',
        number_type: 'local',
        user_type: 'business',
        callback_url: CALLBACK,
        callback_method: 'POST',
        rejection_reason: null,
        created_at: '',
        updated_at: '',
      },
    );
    const early = await rig.upload(api, `PhoneNumber/Compliance/${id}/`, { data: '{"alias":"x"}' }, {}, 'PATCH');
    assert.equal(early.status, 409);
    await rig.decide(id, { outcome: 'rejected', reason: 'Blurred' });
    const amended = await rig.upload(
      api,
      `PhoneNumber/Compliance/${id}/`,
      { data: JSON.stringify({ alias: 'India 2', end_user: { city: 'Pune' }, documents: JSON.parse(data()).documents }) },
      files,
      'PATCH',
    );
    assert.deepEqual([amended.status, amended.body.message], [200, 'Compliance application updated and resubmitted for review.']);
    // Read by the Java SDK; the others read what is in `compliance`.
    assert.equal(amended.body.compliance_id, id);
    await rig.decide(id);
    const { compliances } = (await api.get('PhoneNumber/Compliance/?alias=India%202&expand=end_user,documents,linked_numbers'))
      .body;
    assert.ok(Array.isArray(compliances));
    const [shown] = compliances;
    assert.deepEqual([shown.status, shown.end_user.city, shown.end_user.address_line1], ['accepted', 'Pune', '1 MG Road']);
    assert.deepEqual([shown.documents.length, shown.documents[0].file_name, shown.linked_numbers], [2, 'a.pdf', []]);
    assert.match(shown.documents[0].download_url, /^http:\/\/127.0.0.1:7464\/v1\/Account\/MA/);
    assert.deepEqual(
      (await rig.told(CALLBACK)).slice(-4).map(({ status, rejection_reason }) => [status, rejection_reason]),
      [
        ['submitted', ''],
        ['rejected', 'Blurred'],
        ['submitted', ''],
        ['accepted', ''],
      ],
    );
    const deleted = await api.delete(`PhoneNumber/Compliance/${id}/`, {});
    assert.deepEqual([deleted.status, deleted.body.compliance_id], [200, id]);
    const left = await rig.fixture.database.storage.pool.query('select 1 from end_users where id = $1', [
      shown.end_user.end_user_id,
    ]);
    assert.equal(left.rowCount, 0);
  });

  it('the unified form names what is missing', async () => {
    const attempt = (given: string, sent = files) => rig.upload(api, 'PhoneNumber/Compliance/', { data: given }, sent);
    const { 'documents[1].file': _second, ...firstOnly } = files;
    const noFile = await rig.upload(api, 'PhoneNumber/Compliance/', { data: data() }, firstOnly);
    assert.deepEqual(
      [noFile.status, noFile.body.error],
      [400, `Field 'file' is required for document type '${GST}'. Check GET /Requirements for required fields.`],
    );
    for (const [given, pattern] of [
      ['{', /^data parameter is invalid: it is not JSON/],
      ['[]', /^data parameter/],
      [data({ country_iso: '' }), /^data.country_iso parameter is missing/],
      [data({ number_type: 'national' }), /^data.number_type parameter/],
      [data({ end_user: { type: 'alien', name: 'x' } }), /^end_user.type parameter/],
      [data({ end_user: { type: 'business' } }), /^end_user.name parameter is missing/],
      [data({ documents: [] }), /^documents parameter is invalid: Proof of Registration is missing/],
      [data({ documents: [{ document_type_id: 'x' }] }), /^document_type_id parameter/],
      [data({ documents: [{ document_type_id: REGISTRATION, data_fields: {} }] }), /^Field 'business_name' is required/],
      [data({ documents: ['x'] }), /^documents\[0\] parameter/],
      [data({ callback_url: 'x' }), /^data.callback_url parameter/],
    ] as const) {
      const { status, body } = await attempt(given);
      assert.equal(status, 400, given);
      assert.match(String(body.error), pattern);
    }
    assert.equal((await api.post('PhoneNumber/Compliance/', {})).status, 415);
    assert.equal((await api.get('PhoneNumber/Compliance/?expand=everything')).status, 400);
  });

  it('accepted applications take numbers of their country and type', async () => {
    const id = await submit({ alias: 'Link' });
    const [number, foreign] = [await rig.number(api, 'local', 'IN'), await rig.number(api)];
    const link = async (body: Record<string, unknown>) => (await api.post('PhoneNumber/Compliance/Link/', body)).body;
    const early = await link({ numbers: [{ number, compliance_application_id: id }] });
    assert.deepEqual(early.report, [{ number, status: 'failed', remarks: 'Compliance application is submitted, not accepted.' }]);
    await rig.decide(id);
    const linked = await link({
      numbers: [
        { number: `+${number}`, compliance_application_id: id },
        { number: '+911234567890', compliance_application_id: id },
        { number: foreign, compliance_application_id: id },
        { number, compliance_application_id: 'x' },
      ],
    });
    assert.deepEqual([linked.total_count, linked.updated_count], [4, 1]);
    assert.deepEqual(linked.report, [
      { number: `+${number}`, status: 'success', remarks: 'Number linked to compliance application.' },
      { number: '+911234567890', status: 'failed', remarks: 'Number not found on your account.' },
      { number: foreign, status: 'failed', remarks: 'Compliance application is for IN local numbers.' },
      { number, status: 'failed', remarks: 'Compliance application not found.' },
    ]);
    assert.equal((await link({ numbers: [number], compliance_id: id })).updated_count, 1);
    const bare = await rig.fixture.http.inject({
      method: 'POST',
      url: `/v1/Account/${api.authId}/PhoneNumber/Compliance/Link/`,
      headers: { ...basic(api), 'content-type': 'application/json' },
      payload: JSON.stringify([{ number, compliance_application_id: id }]),
    });
    assert.equal(bare.json().updated_count, 1);
    const { compliance } = (await api.get(`PhoneNumber/Compliance/${id}/?expand=linked_numbers`)).body;
    assert.ok(typeof compliance === 'object' && compliance !== null && 'linked_numbers' in compliance);
    assert.deepEqual(compliance.linked_numbers, [{ number, number_type: 'local' }]);
    assert.equal((await api.post(`Number/${number}/`, { compliance_id: id })).status, 202);
    const refused = await api.post(`Number/${foreign}/`, { compliance_id: id });
    assert.equal(refused.status, 400);
    assert.match(String(refused.body.error), /^compliance_id parameter/);
    assert.ok(await rig.compliance.applications.end(id, 'suspended'));
    assert.equal(await rig.compliance.applications.end(id, 'expired'), false);
  });
});
