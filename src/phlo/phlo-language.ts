import type { VoiceDocument } from '../voice/document.ts';
import type { NodeName } from './phlo.ts';

/** What is wrong with a document, for the eyes of whoever wrote it. */
export interface BadDocument {
  readonly reason: string;
}

/** How documents are read; plivo/phlo knows their XML. */
export interface PhloLanguage {
  /** A document with placeholders in it: whether it can become one, and the rooms that it names. */
  check(template: string): { readonly nodes: readonly NodeName[] } | BadDocument;
  /** A document whose placeholders are filled in. */
  read(xml: string): VoiceDocument | BadDocument;
}
