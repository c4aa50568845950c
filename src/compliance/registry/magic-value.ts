import type { RegistryCase, Verdict } from './case.ts';

/**
 * Values that tell the automatic registry what to decide, for tests of applications (docs/compliance.md). A marker stands in the
 * alias or description of what is registered, of a toll-free verification in its additional information or extra data:
 *
 * - `#approve`, `#reject`, `#reject:1003`, `#update`;
 * - `#wait`: no decision until the deadline.
 *
 * A number has no text: one that ends in 9990 cannot be linked to a campaign, one that ends in 9991 cannot be unlinked, and links of
 * one that ends in 9992 are never decided.
 */
const MARKER = /#(approve|reject|update|wait)(?::([A-Za-z0-9_-]{1,32}))?(?![A-Za-z0-9_-])/;
const TEXTS = ['alias', 'description', 'additionalInformation', 'extraData'] as const;

export type MagicAnswer = { readonly kind: 'verdict'; readonly verdict: Verdict } | { readonly kind: 'wait' } | undefined;

export function magicAnswer({ kind, subjectId, facts }: RegistryCase): MagicAnswer {
  if (kind === 'number_linking' || kind === 'number_unlinking') {
    if (subjectId.endsWith('9992')) return { kind: 'wait' };
    const refused = subjectId.endsWith(kind === 'number_linking' ? '9990' : '9991');
    return refused
      ? { kind: 'verdict', verdict: { outcome: 'rejected', reason: 'The operators refused the number' } }
      : undefined;
  }
  for (const name of TEXTS) {
    const value = facts[name];
    const [, word, code] = (typeof value === 'string' && MARKER.exec(value)) || [];
    if (word === 'wait') return { kind: 'wait' };
    if (word === 'approve') return { kind: 'verdict', verdict: { outcome: 'approved' } };
    if (word === 'reject') return { kind: 'verdict', verdict: { outcome: 'rejected', code } };
    if (word === 'update') return { kind: 'verdict', verdict: { outcome: 'update_required', code } };
  }
  return undefined;
}
