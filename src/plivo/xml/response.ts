import { parseDocument, XmlError, type XmlNode } from './document.ts';
import { type ElementDefinition, ElementReader, type XmlNotes } from './element.ts';
import { message } from './message.ts';

export interface ResponseDocument<Element> {
  readonly elements: readonly Element[];
  /** Ignored elements and the like, for the timeline. */
  readonly notes: readonly string[];
}

/** What an answer to a `message_url` request may hold. */
export const MESSAGE_ANSWER_ELEMENTS = [message] as const;

/**
 * Reads an answer of the customer's application into typed elements (voice-xml.md §5.1). The whole document is checked
 * before anything is returned. Elements that `definitions` lacks are skipped with a note.
 *
 * @throws XmlError
 */
export function parseResponse<Element>(
  source: string | Uint8Array,
  definitions: readonly ElementDefinition<Element | undefined>[],
): ResponseDocument<Element> {
  return readResponse(parseDocument(source), definitions);
}

/**
 * The same for a document that is parsed already.
 *
 * @throws XmlError
 */
export function readResponse<Element>(
  root: XmlNode,
  definitions: readonly ElementDefinition<Element | undefined>[],
): ResponseDocument<Element> {
  if (root.name !== 'Response') {
    throw new XmlError(`the root element is <${root.name.slice(0, 40)}> and must be <Response>`, root.line, root.column);
  }
  const notes: XmlNotes = [];
  return { elements: new ElementReader(root, notes).children(definitions), notes };
}
