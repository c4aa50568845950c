import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Compile } from 'typebox/compile';
import { defaultCompliance } from '../compliance/configuration.ts';
import { complianceConfiguration, complianceSection, lacksRegistryUrl } from './compliance-options.ts';

const schema = Compile(complianceSection);

test('an empty section is the default', () => {
  assert.ok(schema.Check({}));
  assert.deepEqual(complianceConfiguration({}), defaultCompliance);
  assert.deepEqual(complianceConfiguration({ registry: { kind: 'automatic' } }).registry, defaultCompliance.registry);
});

test('seconds and days become milliseconds, words become outcomes', () => {
  assert.deepEqual(
    complianceConfiguration({
      registry: { kind: 'automatic', delay_seconds: 0.5, outcome: 'reject', deadline_days: 1 },
      enforcement: { unregistered_long_code: 'limit' },
    }),
    {
      registry: { kind: 'automatic', delayMs: 500, outcome: 'rejected', deadlineMs: 86_400_000 },
      enforcement: { unregisteredLongCode: 'limit', unverifiedTollFree: 'allow' },
    },
  );
  const http = { kind: 'http', url: 'https://registry.example.com/', authorization: 'Bearer x', poll_seconds: 5 } as const;
  assert.deepEqual(complianceConfiguration({ registry: { ...http, timeout_seconds: 3, deadline_days: 2 } }).registry, {
    kind: 'http',
    url: http.url,
    authorization: 'Bearer x',
    pollMs: 5_000,
    timeoutMs: 3_000,
    deadlineMs: 172_800_000,
  });
});

test('what cannot be meant is refused', () => {
  for (const section of [
    { registry: { kind: 'oracle' } },
    { registry: {} },
    { registry: { kind: 'automatic', delay: 2 } },
    { registry: { kind: 'http', url: 'ftp://x' } },
    { enforcement: { unverified_toll_free: 'limit' } },
  ]) {
    assert.equal(schema.Check(section), false, JSON.stringify(section));
  }
  assert.ok(lacksRegistryUrl({ registry: { kind: 'http' } }));
  assert.equal(lacksRegistryUrl({ registry: { kind: 'operator' } }), false);
});
