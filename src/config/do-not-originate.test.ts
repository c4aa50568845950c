import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { createTestDatabase } from '../../testkit/test-database.ts';
import { createSealing } from '../storage/sealing.ts';
import { applyConfig } from './apply-config.ts';
import { ConfigError } from './config-error.ts';
import { ConfigStore } from './config-store.ts';
import { parseConfig } from './yaml-file.ts';

test('numbers that make no calls are exactly those of the file, in digits and once', async () => {
  const { storage, close } = await createTestDatabase();
  try {
    const sealing = createSealing(randomBytes(32));
    const apply = async (text: string) => {
      const context = { pool: storage.pool, sealing, ids: { digits: () => '1' }, at: new Date(0) };
      const changes = await applyConfig(parseConfig(text, 'x.yaml'), context);
      return changes.map(({ kind, name, change }) => `${change} ${kind} ${name}`);
    };
    const stored = async () => (await new ConfigStore(storage, sealing).load()).doNotOriginate.toSorted();
    const FILE = 'do_not_originate: ["+18005550100", 18005550100, "18005550101"]';
    assert.deepEqual((await apply(FILE)).toSorted(), [
      'added do not originate 18005550100',
      'added do not originate 18005550101',
    ]);
    assert.deepEqual([await apply(FILE), await stored()], [[], ['18005550100', '18005550101']]);
    assert.deepEqual(await apply('do_not_originate: ["18005550101"]'), ['removed do not originate 18005550100']);
    assert.deepEqual([await apply('accounts: []'), await stored()], [['removed do not originate 18005550101'], []]);
    await assert.rejects(apply('do_not_originate: [desk]'), ConfigError);
  } finally {
    await close();
  }
});
