/** What a registry is asked to decide on. */
export const caseKinds = [
  'brand',
  'campaign',
  'campaign_import',
  'number_linking',
  'number_unlinking',
  'tollfree_verification',
  'hosted_number',
  'compliance_application',
  'address',
  'identity',
  'caller_reputation',
] as const;
export type CaseKind = (typeof caseKinds)[number];

/** One question: open until it has a verdict. */
export interface RegistryCase {
  /** UUID. */
  readonly id: string;
  readonly kind: CaseKind;
  /** Id of the brand, campaign, ...; the number itself for links. */
  readonly subjectId: string;
  readonly accountId: string;
  /** What the registry is shown. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** How often it has been asked. */
  readonly asked: number;
  readonly openedAt: Date;
  readonly dueAt: Date;
  /** Undecided at that time, it is rejected. */
  readonly deadline: Date;
  readonly lastError: string | null;
  readonly decidedAt: Date | null;
  readonly decidedBy: string | null;
  readonly verdict: Verdict | null;
}

export const outcomes = ['approved', 'rejected', 'update_required'] as const;
/** `update_required` is for toll-free verifications; of anything else it is a rejection. */
export type Outcome = (typeof outcomes)[number];

export interface Verdict {
  readonly outcome: Outcome;
  /** Of a rejection: the registry's own code. */
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  /** Of a brand: 0 to 100. */
  readonly vettingScore?: number | undefined;
}

export type Answer =
  | { readonly kind: 'decided'; readonly verdict: Verdict }
  /** `error` says what stood in the way, when something did. */
  | { readonly kind: 'later'; readonly askAgainAt: number; readonly error?: string };

/** Who decides. Three implementations: automatic-registry.ts, operator-registry.ts, http-registry.ts. */
export interface Registry {
  readonly name: 'automatic' | 'operator' | 'http';
  /** Never rejects, and has an end of its own. */
  ask(question: RegistryCase, now: number): Promise<Answer>;
}
