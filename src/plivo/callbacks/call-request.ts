import type { CallNotification, DocumentPurpose } from '../../voice/call-application.ts';
import type { ElementUrl } from '../../voice/document.ts';

/** Requests about calls, whether their answer is waited for or not. */

/** One try of a request, for the timeline of its call. Parameters are never part of it. */
export interface CallRequestObservation {
  readonly purpose: DocumentPurpose | CallNotification['kind'];
  /** As the customer wrote it, without credentials. */
  readonly url: string;
  readonly method: string;
  /** Of the answer, when there was one. */
  readonly status: number | undefined;
  /** Why the try came to nothing. */
  readonly failure: string | undefined;
  readonly latencyMs: number;
  /** 1 for the first; 0 when nothing was sent, because it could not be. */
  readonly attempt: number;
  /** What the document's reader had to say. */
  readonly notes: readonly string[];
}

export type ObserveCallRequest = (callId: string, observation: CallRequestObservation) => void;

export type UnusableTarget = { readonly kind: 'invalid-url' | 'invalid-method'; readonly reason: string };
export interface UsableTarget {
  readonly kind: 'usable';
  readonly url: string;
  readonly method: 'GET' | 'POST';
}

/** Voice requests go to http and https by GET and POST alone (voice-xml.md §2.1). */
export function usableTarget({ url, method }: ElementUrl): UsableTarget | UnusableTarget {
  if (!/^https?:\/\//i.test(url) || !URL.canParse(url)) return { kind: 'invalid-url', reason: 'not an http or https URL' };
  if (method !== 'GET' && method !== 'POST') return { kind: 'invalid-method', reason: 'neither GET nor POST' };
  return { kind: 'usable', url, method };
}

const SHOWN_CHARACTERS = 2_048;

export function withoutCredentials(url: string): string {
  const parsed = URL.parse(url);
  if (!parsed) return url.replace(/\/\/[^/]*@/, '//').slice(0, SHOWN_CHARACTERS);
  if (parsed.username === '' && parsed.password === '') return url.slice(0, SHOWN_CHARACTERS);
  parsed.username = '';
  parsed.password = '';
  return parsed.href.slice(0, SHOWN_CHARACTERS);
}
