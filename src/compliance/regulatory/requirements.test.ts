import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type RequirementRule, Requirements } from './requirements.ts';

const proofsOf = (rules: readonly RequirementRule[], ...of: Parameters<Requirements['of']>) =>
  new Requirements(() => rules).of(...of).proofs.map(({ name, types }) => [name, types.length]);

const german: RequirementRule = {
  country: 'DE',
  numberTypes: ['local'],
  userTypes: ['business', 'individual'],
  proofs: [{ name: 'Proof of Address', scope: 'local', documents: ['addressProof', 'registrationCertificate'] }],
};

test('papers are asked for in India, and where the operator says so', () => {
  assert.equal(proofsOf([], 'IN', 'local', 'business').length, 2);
  assert.deepEqual(proofsOf([], 'DE', 'local', 'business'), []);
  assert.deepEqual(proofsOf([german], 'DE', 'local', 'business'), [['Proof of Address', 2]]);
  assert.deepEqual(proofsOf([german], 'DE', 'mobile', 'business'), [], 'nothing was said of these');
  assert.equal(proofsOf([german], 'IN', 'local', 'business').length, 2);
});

test('a country that the operator names has nothing else', () => {
  assert.deepEqual(proofsOf([{ ...german, country: 'IN', proofs: [] }], 'IN', 'local', 'individual'), []);
});

test('a requirement is found by its id, which is the same on every installation', () => {
  const { id } = new Requirements(() => []).of('DE', 'local', 'business');
  assert.equal(new Requirements(() => []).byId(id), undefined);
  assert.deepEqual(new Requirements(() => [german]).byId(id)?.country, 'DE');
});
