import type { DocumentAnswer, DocumentRequest } from '../voice/call-application.ts';
import { phloLimits } from './phlo.ts';
import type { PhloLanguage } from './phlo-language.ts';
import type { RunStore } from './run-store.ts';

/** Documents that are here and nowhere else: no server is asked for them. */
const RUN = 'phlo:run/';
const VOICEMAIL = 'phlo:voicemail/';

/** Where the calls of a run have their document. */
export const documentUrl = (runId: string): string => `${RUN}${runId}`;

/** Where a call goes that plays an audio file to a mailbox and ends. */
export const voicemailUrl = (audioUrl: string): string => `${VOICEMAIL}${encodeURIComponent(audioUrl)}`;

/** Answers calls that ask for a document of a PHLO. */
export class PhloDocuments {
  readonly #runs: RunStore;
  readonly #language: PhloLanguage;

  constructor(runs: RunStore, language: PhloLanguage) {
    this.#runs = runs;
    this.#language = language;
  }

  /** Undefined: it is to be asked for outside. Never rejects. */
  async answer({ target, call }: DocumentRequest): Promise<DocumentAnswer | undefined> {
    const { url } = target;
    if (url.startsWith(VOICEMAIL)) return this.#voicemail(url.slice(VOICEMAIL.length));
    if (!url.startsWith(RUN)) return undefined;
    try {
      const xml = await this.#runs.documentOf(url.slice(RUN.length), call.ownerId);
      return xml === undefined
        ? { kind: 'unreachable', reason: 'the PHLO run has no document, or is not of this account' }
        : this.#read(xml);
    } catch (error) {
      return { kind: 'unreachable', reason: `the document of the PHLO run could not be read: ${String(error)}` };
    }
  }

  #read(xml: string): DocumentAnswer {
    const read = this.#language.read(xml);
    return 'reason' in read ? { kind: 'invalid-document', reason: read.reason } : { kind: 'document', document: read };
  }

  #voicemail(encoded: string): DocumentAnswer {
    const url = encoded.length <= 3 * phloLimits.url ? decoded(encoded) : undefined;
    if (url === undefined) return { kind: 'invalid-document', reason: 'no audio is named' };
    return {
      kind: 'document',
      document: { elements: [{ element: 'Play', url, loop: 1 }], notes: [] },
    };
  }
}

function decoded(text: string): string | undefined {
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}
