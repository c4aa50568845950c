import type { DocumentAnswer, DocumentPurpose, ElementResult } from './call-application.ts';
import type { ElementUrl } from './document.ts';
import { type ElementContext, type ElementOutcome, NEXT } from './element-context.ts';
import { type HangupCode, hangupCause } from './hangup-cause.ts';

type FailureKind = 'unreachable' | 'invalid-url' | 'invalid-method' | 'invalid-document';
type Followed = Extract<DocumentPurpose, 'answer' | 'fallback' | 'action' | 'redirect' | 'transfer'>;

/** What a document that cannot be had ends the call with (voice-xml.md §13). */
const failureCodes: Readonly<Record<Followed, Readonly<Record<FailureKind, HangupCode>>>> = {
  answer: { unreachable: 7011, 'invalid-url': 7011, 'invalid-method': 7011, 'invalid-document': 8011 },
  fallback: { unreachable: 7011, 'invalid-url': 7011, 'invalid-method': 7011, 'invalid-document': 8011 },
  action: { unreachable: 7012, 'invalid-url': 7022, 'invalid-method': 7032, 'invalid-document': 8012 },
  transfer: { unreachable: 7013, 'invalid-url': 7023, 'invalid-method': 7033, 'invalid-document': 8013 },
  redirect: { unreachable: 7014, 'invalid-url': 7024, 'invalid-method': 7034, 'invalid-document': 8014 },
};

/** What follows from the answer of the application to a request for the document that the call goes on with. */
export function outcomeOf(answer: DocumentAnswer, purpose: Followed): ElementOutcome {
  switch (answer.kind) {
    case 'document':
      return { kind: 'document', document: answer.document, purpose };
    case 'acknowledged':
    case 'cancelled':
      return NEXT;
    default:
      return { kind: 'end', cause: hangupCause(failureCodes[purpose][answer.kind], 'Error') };
  }
}

/**
 * The redirect rule of elements with an action (voice-xml.md §5.3): with `redirect` the answer replaces the rest of the document,
 * without it the application is told and the next element runs. After the call has ended the application is told and its answer
 * is not looked at.
 */
export async function followAction(
  context: ElementContext,
  action: ElementUrl | undefined,
  redirect: boolean,
  result: ElementResult,
  confidential = false,
): Promise<ElementOutcome> {
  if (!action) return NEXT;
  const { call, services, signal } = context;
  const request = { purpose: 'action', target: action, call: call.facts, result, confidential } as const;
  if (!redirect || call.gone.aborted) {
    // Nobody waits for it, and it must reach the application although the call is over: its own deadlines bound it.
    void services.application.fetch({ ...request, wantsDocument: false }, NEVER);
    return NEXT;
  }
  return outcomeOf(await services.application.fetch({ ...request, wantsDocument: true }, signal), 'action');
}

const NEVER = new AbortController().signal;
