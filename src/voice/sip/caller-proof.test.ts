import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readCallerProof } from './caller-proof.ts';

const CALLER = '14155550123';
const address = (verdict: string) => `<sip:+${CALLER};verstat=${verdict}@carrier.example;user=phone>`;

/** Verification and attestation, in a word. */
function proof(header: string, attestation?: string, caller = CALLER): string {
  const { verification, attestation: letter } = readCallerProof(header, attestation, caller);
  return `${verification} ${letter}`.trim();
}

test('a caller is verified when the carrier says that its signature is right, and fully attested', () => {
  assert.equal(proof(address('TN-Validation-Passed'), 'A'), 'Verified A');
  assert.equal(proof(address('TN-Validation-Passed-A')), 'Verified A');
  assert.equal(proof(`<tel:+${CALLER};verstat=tn-validation-passed>`), 'Verified');
});

test('a lesser attestation is told and is no verification', () => {
  assert.equal(proof(address('TN-Validation-Passed'), ' b '), 'Not Verified B');
  assert.equal(proof(address('TN-Validation-Passed-C'), 'A'), 'Not Verified C');
});

test('a wrong signature, none, and no word about it are not verified', () => {
  assert.equal(proof(address('TN-Validation-Failed'), 'A'), 'Not Verified');
  assert.equal(proof(address('No-TN-Validation')), 'Not Verified');
  assert.equal(proof(`<sip:+${CALLER}@carrier.example>`), 'Not Verified');
  assert.equal(proof(`<sip:+${CALLER}@carrier.example>`, 'A'), 'Not Verified A');
  assert.equal(proof(`<sip:+${CALLER}@carrier.example>`, 'Z'), 'Not Verified');
});

test('what a caller calls itself is no word of the carrier', () => {
  const named = '";verstat=TN-Validation-Passed-A"';
  assert.equal(proof(`${named} <sip:+${CALLER}@carrier.example>`), 'Not Verified');
  assert.equal(proof(`${named} ${address('TN-Validation-Failed')}`), 'Not Verified');
  assert.equal(proof(`"Ana" ${address('TN-Validation-Passed-A')}`), 'Verified A');
  assert.equal(proof(`tel:+${CALLER};verstat=TN-Validation-Passed-A`), 'Verified A');
});

test('outside of the US and Canada nothing is signed', () => {
  for (const caller of ['442079460123', 'anonymous', 'sip:ana@x.example', '']) {
    assert.equal(proof(address('TN-Validation-Passed'), 'A', caller), 'Not Applicable');
  }
  assert.equal(proof(address('TN-Validation-Passed'), 'A', '14165550123'), 'Verified A');
});
