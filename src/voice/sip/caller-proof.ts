import { parseDigits } from '../../messaging/phone-number.ts';
import { parseNameAddress } from '../../sip/name-address.ts';
import type { CallFacts } from '../call-facts.ts';

/** What is known of whether a caller may show the number that it shows (STIR/SHAKEN; voice-api.md §4.1). */
export interface CallerProof {
  readonly verification: CallFacts['stirVerification'];
  readonly attestation: CallFacts['stirAttestation'];
}

/** Of calls that nobody signs: from other countries, over the Internet, our own. */
export const NO_PROOF: CallerProof = { verification: 'Not Applicable', attestation: '' };
const UNPROVED: CallerProof = { verification: 'Not Verified', attestation: '' };

/** Countries whose carriers sign calls. */
const SIGNING: ReadonlySet<string> = new Set(['US', 'CA']);
/** The carrier's verdict, a parameter of the number in P-Asserted-Identity or From (3GPP TS 24.229 §7.2A.20). The name beside it is the caller's. */
const VERDICT = /;verstat=([a-z-]{1,40})/i;
/** Some carriers write the attestation behind it. */
const PASSED = /^tn-validation-passed(?:-([abc]))?$/i;

/**
 * What a carrier says of a call that it hands over. `address` is the header that names the caller, `attestation` the one that has the
 * letter of the attestation (`Attestation-Info` of 3GPP TS 24.229, or `P-Attestation-Indicator`), `caller` the number. The signature
 * itself is the carrier's to check: it is the verdict that is read, and a call of these countries without one is not verified.
 */
export function readCallerProof(address: string, attestation: string | undefined, caller: string): CallerProof {
  const country = parseDigits(caller)?.countryIso2;
  if (country === undefined || !SIGNING.has(country)) return NO_PROOF;
  const named = parseNameAddress(address);
  const verdict = named?.parameters.get('verstat') ?? VERDICT.exec(named?.uri ?? '')?.[1];
  const passed = PASSED.exec(verdict ?? '');
  // The word of a signer whose signature is wrong is worth nothing.
  if (verdict !== undefined && !passed) return UNPROVED;
  const letter = letterOf(passed?.[1] ?? attestation);
  return { verification: passed && (letter === 'A' || letter === '') ? 'Verified' : 'Not Verified', attestation: letter };
}

function letterOf(text = ''): CallerProof['attestation'] {
  const letter = text.trim().toUpperCase();
  return letter === 'A' || letter === 'B' || letter === 'C' ? letter : '';
}
