import { createHash } from 'node:crypto';
import { type DocumentType, documentTypes } from './document-types.ts';

/** What must be proved before a kind of number may be used in a country by a kind of user (compliance.md §9.1, §10.4). */
export interface Requirement {
  readonly id: string;
  readonly country: string;
  readonly numberType: RequirementNumberType;
  readonly userType: UserType;
  /** One of `types` proves what `scope` says; empty: nothing must be proved. */
  readonly proofs: readonly { readonly name: string; readonly scope: string; readonly types: readonly DocumentType[] }[];
}

export const requirementNumberTypes = ['local', 'national', 'tollfree', 'mobile'] as const;
export type RequirementNumberType = (typeof requirementNumberTypes)[number];
export const userTypes = ['individual', 'business'] as const;
export type UserType = (typeof userTypes)[number];

const { registrationCertificate, gstCertificate, identityProof, addressProof } = documentTypes;

const business: Requirement['proofs'] = [
  { name: 'Proof of Registration', scope: 'global', types: [registrationCertificate] },
  { name: 'Proof of Tax Registration', scope: 'global', types: [gstCertificate] },
];
const individual: Requirement['proofs'] = [
  { name: 'Proof of Identity', scope: 'global', types: [identityProof] },
  { name: 'Proof of Address', scope: 'local', types: [addressProof] },
];

/** Countries whose numbers need papers. India is the one that the API documents; elsewhere nothing is asked. */
const regulated: ReadonlyMap<string, Readonly<Record<UserType, Requirement['proofs']>>> = new Map([
  ['IN', { business, individual }],
]);

export function requirementOf(country: string, numberType: RequirementNumberType, userType: UserType): Requirement {
  return {
    id: idOf(country, numberType, userType),
    country,
    numberType,
    userType,
    proofs: regulated.get(country)?.[userType] ?? [],
  };
}

export function requirementById(id: string): Requirement | undefined {
  for (const country of regulated.keys()) {
    for (const numberType of requirementNumberTypes) {
      for (const userType of userTypes) {
        if (idOf(country, numberType, userType) === id) return requirementOf(country, numberType, userType);
      }
    }
  }
  return undefined;
}

/** Every document that the requirement speaks of, once. */
export const typesOf = (requirement: Requirement): readonly DocumentType[] => [
  ...new Set(requirement.proofs.flatMap((proof) => proof.types)),
];

/** The same on every installation. */
function idOf(country: string, numberType: string, userType: string): string {
  const hash = createHash('sha256').update(`requirement ${country} ${numberType} ${userType}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}
