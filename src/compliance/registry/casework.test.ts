import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import type { ApiClient } from '../../../testkit/api-client.ts';
import { ComplianceRig } from '../../../testkit/compliance-rig.ts';
import { aLockIsWaitedFor } from '../../../testkit/lock-waits.ts';
import { OPERATOR_TOKEN } from '../../../testkit/plivo-fixture.ts';
import { silentLog } from '../../../testkit/silent-log.ts';
import { Compliance } from '../compliance.ts';
import { DEFAULT_DEADLINE_MS, defaultCompliance } from '../configuration.ts';

describe('decisions', () => {
  let rig: ComplianceRig;
  let api: ApiClient;
  before(async () => {
    rig = await ComplianceRig.start();
    api = await rig.tenant('Shop');
  });
  after(() => rig.close());

  const brand = async (alias: string) => {
    const profile = await rig.profile(api);
    return String((await api.post('10dlc/Brand/', { profile_uuid: profile, brand_alias: alias })).body.brand_id);
  };
  const statusOf = async (id: string) => {
    const { brand: shown } = (await api.get(`10dlc/Brand/${id}/`)).body;
    assert.ok(typeof shown === 'object' && shown !== null && 'registration_status' in shown);
    return shown.registration_status;
  };
  const operator = (method: 'GET' | 'POST', path: string, payload?: object) =>
    rig.fixture.http.inject({
      method,
      url: `/ringdown/v1/${path}`,
      headers: { authorization: `Bearer ${OPERATOR_TOKEN}`, ...(payload && { 'content-type': 'application/json' }) },
      ...(payload && { payload: JSON.stringify(payload) }),
    });
  /** Virtual time passes; the database answers in real time. */
  const until = async (wanted: () => Promise<boolean>, stepMs: number) => {
    for (let tries = 0; tries < 500; tries++) {
      if (await wanted()) return;
      await rig.fixture.clock.advance(stepMs);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.fail('what was waited for did not happen');
  };

  it('are the operator’s: cases are listed, shown and decided, once', async () => {
    const id = await brand('By hand');
    const { cases } = (await operator('GET', `registry/cases?status=pending&kind=brand&account=${api.authId}`)).json();
    const found = cases.find((one: { subject_id: string }) => one.subject_id === id);
    assert.equal(found.facts.business.companyName, 'Corner Shop Inc');
    const shown = (await operator('GET', `registry/cases/${found.case_id}`)).json();
    assert.deepEqual([shown.status, shown.verdict], ['pending', null]);
    for (const [body, named] of [
      [{}, /^outcome parameter is missing/],
      [{ outcome: 'perhaps' }, /^outcome parameter/],
      [{ outcome: 'approved', vetting_score: 101 }, /^vetting_score parameter/],
      [{ outcome: 'rejected', reason: 'x'.repeat(501) }, /^reason parameter/],
    ] as const) {
      const refused = await operator('POST', `registry/cases/${found.case_id}/decision`, body);
      assert.equal(refused.statusCode, 400);
      assert.match(refused.json().error, named);
    }
    const verdict = { outcome: 'rejected', code: 'X1', reason: 'no such business' };
    assert.equal((await operator('POST', `registry/cases/${found.case_id}/decision`, verdict)).statusCode, 200);
    assert.equal(await statusOf(id), 'FAILED');
    assert.equal((await operator('POST', `registry/cases/${found.case_id}/decision`, verdict)).statusCode, 409);
    const decided = (await operator('GET', `registry/cases/${found.case_id}`)).json();
    assert.deepEqual([decided.status, decided.decided_by, decided.verdict], ['decided', 'operator', verdict]);
    for (const path of ['registry/cases/x', 'registry/cases/019bb0b0-0000-7000-8000-000000000001', 'compliance/files/x']) {
      assert.equal((await operator('GET', path)).statusCode, 404);
    }
    for (const query of ['kind=x', 'status=x', 'limit=0', 'limit=x', 'offset=-1']) {
      assert.equal((await operator('GET', `registry/cases?${query}`)).statusCode, 400, query);
    }
    assert.equal((await operator('POST', 'compliance/campaigns/CXXXXXX/expire')).statusCode, 409);
    assert.equal((await operator('POST', 'compliance/applications/x/suspend')).statusCode, 409);
  });

  it('come by themselves from the automatic registry, also about what was open before', async () => {
    const early = await brand('Early');
    rig.fixture.ringdown.useCompliance({
      ...defaultCompliance,
      registry: { kind: 'automatic', delayMs: 2_000, outcome: 'approved', deadlineMs: DEFAULT_DEADLINE_MS },
    });
    const [late, never] = [await brand('Late'), await brand('Never #wait')];
    await rig.fixture.database.storage.pool.query('update registry_cases set due_at = opened_at where decided_at is null');
    await until(async () => (await statusOf(late)) === 'COMPLETED' && (await statusOf(early)) === 'COMPLETED', 500);
    assert.equal(await statusOf(never), 'PROCESSING');
  });

  it('wait for a step of the account about the same subject, and give way to what it did', async () => {
    rig.fixture.ringdown.useCompliance({ ...defaultCompliance, registry: { kind: 'operator', deadlineMs: DEFAULT_DEADLINE_MS } });
    const id = await brand('Overtaken');
    const { pool } = rig.fixture.database.storage;
    const { rows } = await pool.query('select case_id from registry_cases where subject_id = $1', [id]);
    const account = await pool.connect();
    try {
      await account.query('begin');
      await account.query('select 1 from tendlc_brands where id = $1 for update', [id]);
      const decision = operator('POST', `registry/cases/${rows[0].case_id}/decision`, { outcome: 'approved' });
      await aLockIsWaitedFor(pool);
      await account.query('delete from registry_cases where subject_id = $1', [id]);
      await account.query('commit');
      assert.equal((await decision).statusCode, 409);
    } finally {
      await account.query('rollback');
      account.release();
    }
    assert.equal(await statusOf(id), 'PROCESSING');
  });

  it('end what waits: at its deadline a case is rejected', async () => {
    rig.fixture.ringdown.useCompliance({ ...defaultCompliance, registry: { kind: 'operator', deadlineMs: 60_000 } });
    const id = await brand('Forgotten');
    await until(async () => (await statusOf(id)) === 'FAILED', 10_000);
    const { rows } = await rig.fixture.database.storage.pool.query(
      'select decided_by, verdict from registry_cases where subject_id = $1',
      [id],
    );
    assert.equal(rows[0].decided_by, 'deadline');
  });

  it('survive a restart: what one process opened another decides', async () => {
    await rig.compliance.casework.stop();
    rig.fixture.ringdown.useCompliance({ ...defaultCompliance, registry: { kind: 'operator', deadlineMs: DEFAULT_DEADLINE_MS } });
    const id = await brand('Survivor');
    const { storage } = rig.fixture.database;
    const { services } = rig.fixture;
    const other = new Compliance({
      storage,
      blobs: rig.fixture.blobs,
      numbers: services.numbers,
      notifier: { write: async () => () => undefined },
      http: { request: () => Promise.reject(new Error('nobody is asked')) },
      clock: rig.fixture.clock,
      ids: services.ids,
      log: silentLog,
      findNumber: async () => undefined,
      numberChanged: () => undefined,
      surcharge: () => 0,
    });
    other.use({ ...defaultCompliance, registry: { kind: 'automatic', delayMs: 0, outcome: 'approved', deadlineMs: 1_000 } });
    await storage.pool.query('update registry_cases set due_at = opened_at where subject_id = $1', [id]);
    other.casework.start();
    try {
      await until(async () => (await statusOf(id)) === 'COMPLETED', 100);
    } finally {
      await other.casework.stop();
    }
  });
});
