import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { ComplianceRig } from '../../testkit/compliance-rig.ts';
import { aLockIsWaitedFor } from '../../testkit/lock-waits.ts';

describe('a request and a decision about the same thing', () => {
  let rig: ComplianceRig;
  before(async () => {
    rig = await ComplianceRig.start();
  });
  after(() => rig.close());

  it('both come to their end when each holds what the other needs', async () => {
    const { pool } = rig.fixture.database.storage;
    const api = await rig.tenant('Shop');
    const id = 'CIMPORT';
    assert.equal((await api.post('10dlc/Campaign/Import/', { campaign_id: id, campaign_alias: 'Shared' })).status, 200);
    const { id: caseId } = await rig.openCase(id);
    // Locks as a decision takes them, by hand, so that the request comes between the two.
    const decision = await pool.connect();
    try {
      await decision.query('begin');
      await decision.query(`set local deadlock_timeout = '1h'`); // the request is the one that is ended
      await decision.query('select 1 from registry_cases where case_id = $1 for update', [caseId]);
      const deleted = api.delete(`10dlc/Campaign/${id}/`);
      await aLockIsWaitedFor(pool);
      await decision.query('select 1 from tendlc_campaigns where id = $1 for update', [id]);
      await decision.query('commit');
      assert.equal((await deleted).status, 200);
    } finally {
      decision.release();
    }
    assert.equal((await api.get(`10dlc/Campaign/${id}/`)).status, 404);
  });
});
