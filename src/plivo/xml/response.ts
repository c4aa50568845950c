import { childrenOf, parseDocument } from './document.ts';
import { noteIgnored, refuse, type XmlNotes } from './element.ts';
import { message } from './message.ts';

/** Every element of the language. A new one is a file that defines it and its line here. */
const definitions = [message] as const;

export type ResponseElement = ReturnType<(typeof definitions)[number]['read']>;
export type ElementName = (typeof definitions)[number]['name'];

const byName = new Map(definitions.map((definition) => [String(definition.name), definition]));
const byLowerCase = new Map(definitions.map((definition) => [definition.name.toLowerCase(), definition.name]));

export interface ResponseDocument {
  readonly elements: readonly ResponseElement[];
  readonly notes: readonly string[];
}

/** What an answer to a `message_url` request may hold. */
export const MESSAGE_ANSWER_ELEMENTS: ReadonlySet<ElementName> = new Set(['Message']);

/**
 * Reads an answer of the customer's application into typed elements (voice-xml.md §5.1). The whole document is checked
 * before anything is returned. Elements outside `allowed` and unknown ones are skipped with a note; a known name in other
 * letter case is an error, because its writer expects it to run.
 *
 * @throws XmlError
 */
export function parseResponse(source: string | Uint8Array, allowed: ReadonlySet<ElementName>): ResponseDocument {
  const root = parseDocument(source);
  if (root.name !== 'Response') refuse(root, `the root element is <${root.name}> and must be <Response>`);
  const notes: XmlNotes = [];
  const elements: ResponseElement[] = [];
  for (const node of childrenOf(root)) {
    const definition = byName.get(node.name);
    if (definition && allowed.has(definition.name) && definition.parents.includes('Response')) {
      elements.push(definition.read(node, notes));
      continue;
    }
    const meant = byLowerCase.get(node.name.toLowerCase());
    if (!definition && meant) refuse(node, `element names are case-sensitive: <${node.name}> must be <${meant}>`);
    noteIgnored(node, 'Response', notes);
  }
  return { elements, notes };
}
