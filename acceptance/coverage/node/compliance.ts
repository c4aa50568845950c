import assert from 'node:assert/strict';
import { list } from '../../api.ts';
import type { SdkObject } from '../../sdk.ts';
import { assertGone, assertNotFound, becomes, client, file, INDIAN, itemsOf, RFC_3339, run, UUID } from './surroundings.ts';
import { A, given, step } from './walk.ts';

const WANTED = { countryIso2: 'IN', numberType: 'local', endUserType: 'business' };
const FIELDS = { business_name: 'Acme', unique_identification_number: '22AAAAA0000A1Z' };

/** End users, documents, requirements and applications, and what the unified requests do with them. */
export async function walkCompliance(): Promise<void> {
  const userId = await step(`POST ${A}/EndUser/`, async () => {
    const made = await client.endUsers.create({ name: 'Acme', lastName: run, endUserType: 'business' });
    assert.match(String(made.endUserId), UUID);
    return String(made.endUserId);
  });
  await step(`GET ${A}/EndUser/{end_user_id}/`, async () => {
    const one = await client.endUsers.get(given(userId, 'end user'));
    assert.deepEqual([one.endUserId, one.name, one.lastName, one.endUserType], [userId, 'Acme', run, 'business']);
    assert.match(String(one.createdAt), RFC_3339);
  });
  await step(`GET ${A}/EndUser/`, async () => {
    const all = itemsOf(await client.endUsers.list({ limit: 20, lastName: run }));
    assert.ok(all.some((one) => (one.endUserId ?? one.end_user_id) === given(userId, 'end user')));
  });
  await step(`POST ${A}/EndUser/{end_user_id}/`, async () => {
    await client.endUsers.update(given(userId, 'end user'), { name: 'Acme', lastName: 'Inc' });
    assert.equal((await client.endUsers.get(given(userId, 'end user'))).lastName, 'Inc');
  });
  const documents = await walkDocuments(userId);
  await walkApplications(userId, documents);
  await step(`DELETE ${A}/ComplianceDocument/{compliance_document_id}/`, async () => {
    for (const id of given(documents, 'documents')) {
      assertGone(await client.complianceDocuments.delete(id));
      await assertNotFound(client.complianceDocuments.get(id));
    }
  });
  await step(`DELETE ${A}/EndUser/{end_user_id}/`, async () => {
    assertGone(await client.endUsers.delete(given(userId, 'end user')));
    await assertNotFound(client.endUsers.get(given(userId, 'end user')));
  });
  await walkUnified();
}

async function walkDocuments(userId: string | undefined): Promise<readonly string[] | undefined> {
  const types = await step(`GET ${A}/ComplianceDocumentType/`, async () => {
    const all = itemsOf(await client.complianceDocumentTypes.list({ limit: 20 }));
    const wanted = ['Registration Certificate', 'GST Certificate'].map((name) => all.find((one) => one.documentName === name));
    return wanted.map((one) => String(given(one, 'document type').documentTypeId));
  });
  await step(`GET ${A}/ComplianceDocumentType/{compliance_document_type_id}/`, async () => {
    const [first = ''] = given(types, 'document types');
    const one = await client.complianceDocumentTypes.get(first);
    assert.deepEqual([one.documentTypeId, one.documentName], [first, 'Registration Certificate']);
    assert.ok(Array.isArray(one.information));
  });
  const ids = await step(`POST ${A}/ComplianceDocument/`, async () => {
    const made: string[] = [];
    for (const documentTypeId of given(types, 'document types')) {
      const one = { endUserId: given(userId, 'end user'), documentTypeId, alias: `node ${run}`, file: file('document.pdf') };
      const created = await client.complianceDocuments.create({ ...one, ...FIELDS });
      assert.match(String(created.documentId), UUID);
      made.push(String(created.documentId));
    }
    return made;
  });
  await step(`GET ${A}/ComplianceDocument/{compliance_document_id}/`, async () => {
    const [id = ''] = given(ids, 'documents');
    const one = await client.complianceDocuments.get(id);
    assert.deepEqual([one.documentId, one.endUserId, one.alias, one.fileName], [id, userId, `node ${run}`, 'document.pdf']);
  });
  await step(`GET ${A}/ComplianceDocument/`, async () => {
    const all = itemsOf(await client.complianceDocuments.list({ endUserId: given(userId, 'end user') }));
    assert.deepEqual(
      all.map(({ complianceDocumentId }) => complianceDocumentId).toSorted(),
      [...given(ids, 'documents')].toSorted(),
    );
    for (const { createdAt } of all) assert.match(String(createdAt), RFC_3339);
  });
  await step(`POST ${A}/ComplianceDocument/{compliance_document_id}/`, async () => {
    const [id = ''] = given(ids, 'documents');
    await client.complianceDocuments.update(id, { alias: `changed ${run}`, file: file('document.pdf') });
    assert.equal((await client.complianceDocuments.get(id)).alias, `changed ${run}`);
  });
  return ids;
}

async function walkApplications(userId: string | undefined, documents: readonly string[] | undefined): Promise<void> {
  const requirementId = await step(`GET ${A}/ComplianceRequirement/`, async () => {
    const found = await client.complianceRequirements.list({ ...WANTED });
    assert.deepEqual([found.countryIso2, found.numberType, found.endUserType], ['IN', 'local', 'business']);
    assert.ok(Array.isArray(found.acceptableDocumentTypes));
    return String(found.complianceRequirementId);
  });
  await step(`GET ${A}/ComplianceRequirement/{compliance_requirement_id}/`, async () => {
    const one = await client.complianceRequirements.get(given(requirementId, 'requirement'));
    assert.deepEqual([one.complianceRequirementId, one.countryIso2], [requirementId, 'IN']);
  });
  const id = await step(`POST ${A}/ComplianceApplication/`, async () => {
    const [first] = given(documents, 'documents');
    const made = await client.complianceApplications.create({
      complianceRequirementId: given(requirementId, 'requirement'),
      endUserId: given(userId, 'end user'),
      documentIds: [first],
      alias: `node ${run}`,
    });
    assert.match(String(made.complianceApplicationId), UUID);
    assert.equal(made.status, 'draft');
    return String(made.complianceApplicationId);
  });
  const one = () => client.complianceApplications.get(given(id, 'application'));
  await step(`POST ${A}/ComplianceApplication/{compliance_application_id}/`, async () => {
    await client.complianceApplications.update(given(id, 'application'), { documentIds: given(documents, 'documents') });
    assert.equal(list((await one()).documents).length, 2);
  });
  await step(`POST ${A}/ComplianceApplication/{compliance_application_id}/Submit/`, async () => {
    assert.equal((await client.complianceApplications.submit(given(id, 'application'))).status, 'submitted');
  });
  await step(`GET ${A}/ComplianceApplication/{compliance_application_id}/`, async () => {
    await becomes('the application', 'accepted', async () => (await one()).status);
    const { alias, countryIso2, numberType, endUserId } = await one();
    assert.deepEqual([alias, countryIso2, numberType, endUserId], [`node ${run}`, 'IN', 'local', userId]);
  });
  await step(`GET ${A}/ComplianceApplication/`, async () => {
    const all = itemsOf(await client.complianceApplications.list({ status: 'accepted', limit: 20 }));
    assert.ok(
      all.some((found) => (found.complianceApplicationId ?? found.compliance_application_id) === given(id, 'application')),
    );
  });
  await step(`DELETE ${A}/ComplianceApplication/{compliance_application_id}/`, async () => {
    assertGone(await client.complianceApplications.delete(given(id, 'application')));
    await assertNotFound(one());
  });
}

async function walkUnified(): Promise<void> {
  const path = `${A}/PhoneNumber/Compliance`;
  const types = await step(`GET ${path}/Requirements/`, async () => {
    const wanted = { countryIso: 'IN', numberType: 'local', userType: 'business' };
    const found = list((await client.phoneNumberComplianceRequirements.get(wanted)).documentTypes);
    assert.equal(found.length, 2);
    return found;
  });
  const values: readonly SdkObject[] = [{ business_name: 'Acme' }, { unique_identification_number: '22AAAAA0000A1Z' }];
  const documents = () =>
    given(types, 'document types').map((type, at) => ({ document_type_id: type.documentTypeId, data_fields: values[at] }));
  const files = () => [{ file: file('document.pdf') }, { file: file('document.pdf') }];
  const id = await step(`POST ${path}/`, async () => {
    const data = { country_iso: 'IN', number_type: 'local', alias: `${run} #reject:blurred` };
    const made = await client.phoneNumberCompliance.create({
      data: { ...data, end_user: { type: 'business', name: 'Acme' }, documents: documents() },
      documents: files(),
    });
    assert.match(String(made.complianceId), UUID);
    return String(made.complianceId);
  });
  const one = (expand?: SdkObject) => client.phoneNumberCompliance.get(given(id, 'application'), expand);
  await step(`GET ${path}/{compliance_id}/`, async () => {
    await becomes('the application', 'rejected', async () => (await one()).status);
    assert.equal((await one()).complianceId, id);
  });
  await step(`PATCH ${path}/{compliance_id}/`, async () => {
    const change = { data: { alias: `second ${run}`, documents: documents() }, documents: files() };
    const changed = await client.phoneNumberCompliance.update(given(id, 'application'), change);
    assert.match(String(changed.message), /resubmitted/);
    await becomes('the application', 'accepted', async () => (await one()).status);
  });
  await step(`POST ${path}/Link/`, async () => {
    const numbers = [{ number: INDIAN, compliance_application_id: given(id, 'application') }];
    const linked = await client.phoneNumberComplianceLink.link({ numbers });
    assert.equal(linked.updatedCount, 1);
    assert.equal(list((await one({ expand: 'linked_numbers' })).linkedNumbers)[0]?.number, INDIAN);
  });
  await step(`GET ${path}/`, async () => {
    const all = await client.phoneNumberCompliance.list({ status: 'accepted' });
    assert.ok(
      list(all.compliances).some((found) => (found.complianceId ?? found.compliance_id) === given(id, 'application')),
      JSON.stringify(all),
    );
  });
  await step(`DELETE ${path}/{compliance_id}/`, async () => {
    await client.phoneNumberCompliance.delete(given(id, 'application'));
    await assertNotFound(one());
  });
}
