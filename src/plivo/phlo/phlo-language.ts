import type { NodeName } from '../../phlo/phlo.ts';
import type { PhloLanguage } from '../../phlo/phlo-language.ts';
import { hasPlaceholders } from '../../phlo/placeholders.ts';
import { childrenOf, parseDocument, textOf, XmlError, type XmlNode } from '../xml/document.ts';
import { parseVoiceDocument } from '../xml/voice-document.ts';

const ROOMS: Readonly<Record<string, NodeName['type']>> = {
  MultiPartyCall: 'multi_party_call',
  Conference: 'conference_bridge',
};

/** Plivo XML with placeholders in texts and attributes. */
export const phloXml: PhloLanguage = {
  check(template) {
    return orReason(() => {
      const root = parseDocument(template);
      if (root.name !== 'Response')
        throw new XmlError(`the root element is <${root.name.slice(0, 40)}> and must be <Response>`, root.line, root.column);
      // With placeholders what its attributes say is known when it runs.
      if (!hasPlaceholders(template)) parseVoiceDocument(template);
      return { nodes: roomsIn(root) };
    });
  },
  read: (xml) => orReason(() => parseVoiceDocument(xml)),
};

function orReason<Result>(read: () => Result): Result | { readonly reason: string } {
  try {
    return read();
  } catch (error) {
    if (error instanceof XmlError) return { reason: error.message };
    throw error;
  }
}

/** Each once, in the order of the document. */
function roomsIn(root: XmlNode): readonly NodeName[] {
  const found = new Map<string, NodeName>();
  const visit = (node: XmlNode) => {
    const type = Object.hasOwn(ROOMS, node.name) ? ROOMS[node.name] : undefined;
    const name = textOf(node);
    if (type !== undefined && name !== '') found.set(`${type} ${name}`, { type, name });
    for (const child of childrenOf(node)) visit(child);
  };
  visit(root);
  return [...found.values()];
}
