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

/** What the operator says of one country, for some kinds of numbers and users; what nothing is said of needs no papers there. */
export interface RequirementRule {
  readonly country: string;
  readonly numberTypes: readonly RequirementNumberType[];
  readonly userTypes: readonly UserType[];
  readonly proofs: readonly { readonly name: string; readonly scope: string; readonly documents: readonly DocumentName[] }[];
}

export type DocumentName = keyof typeof documentTypes;

/** Countries whose numbers need papers, unless the operator says otherwise: India is the one that the API documents. */
const builtIn: ReadonlyMap<string, Readonly<Record<UserType, Requirement['proofs']>>> = new Map([
  ['IN', { business, individual }],
]);

/** The requirements in force: the operator's for the countries they name, the built-in ones for the others. */
export class Requirements {
  readonly #rules: () => readonly RequirementRule[];

  constructor(rules: () => readonly RequirementRule[]) {
    this.#rules = rules;
  }

  of(country: string, numberType: RequirementNumberType, userType: UserType): Requirement {
    return {
      id: idOf(country, numberType, userType),
      country,
      numberType,
      userType,
      proofs: this.#proofs(country, numberType, userType),
    };
  }

  /** Whether nobody may use such a number without papers. */
  areForAll({ countryIso, type }: { readonly countryIso: string; readonly type: string }): boolean {
    const numberType = requirementNumberTypes.find((each) => each === (type === 'fixed' ? 'local' : type));
    return numberType !== undefined && userTypes.every((user) => this.#proofs(countryIso, numberType, user).length > 0);
  }

  byId(id: string): Requirement | undefined {
    for (const country of new Set([...builtIn.keys(), ...this.#rules().map((rule) => rule.country)])) {
      for (const numberType of requirementNumberTypes) {
        for (const userType of userTypes) {
          if (idOf(country, numberType, userType) === id) return this.of(country, numberType, userType);
        }
      }
    }
    return undefined;
  }

  #proofs(country: string, numberType: RequirementNumberType, userType: UserType): Requirement['proofs'] {
    const rules = this.#rules().filter((rule) => rule.country === country);
    if (rules.length === 0) return builtIn.get(country)?.[userType] ?? [];
    const rule = rules.find(({ numberTypes, userTypes: users }) => numberTypes.includes(numberType) && users.includes(userType));
    return (rule?.proofs ?? []).map(({ documents, ...proof }) => ({
      ...proof,
      types: documents.map((name) => documentTypes[name]),
    }));
  }
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
