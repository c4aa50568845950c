import { plainSpeech, plainText, readSpeech, SpeechMarkupError } from '../../speech/ssml.ts';
import type { SpeechMarkup } from '../../voice/document.ts';
import { childrenOf, parseDocument, XmlError, type XmlNode } from './document.ts';
import { type ElementReader, shown } from './element.ts';

/** Tags that only hold a text together: the root of a text that is markup itself, and what one SDK writes around plain pieces. */
const WRAPPERS: ReadonlySet<string> = new Set(['speak', 'cont']);

/**
 * What a Speak element says: with its markup for voices that understand it, else its words alone (voice-xml.md §7). An empty text
 * says nothing.
 *
 * @throws XmlError
 */
export function speechOf(element: ElementReader, markup: boolean): readonly SpeechMarkup[] {
  const { node } = element;
  if (plainText(node.content) === '' && (!markup || childrenOf(node).length === 0)) {
    element.note('has no text');
    return [];
  }
  try {
    if (!markup) {
      if (childrenOf(node).length > 0) element.note('reads its text without markup: only Polly voices understand that');
      return plainSpeech(plainText(node.content));
    }
    const { content, ignored } = readSpeech(node.content);
    const unknown = ignored.filter((name) => !WRAPPERS.has(name)).map(shown);
    if (unknown.length > 0) element.note(`reads over markup that no voice understands: ${unknown.slice(0, 10).join(', ')}`);
    return content;
  } catch (error) {
    if (!(error instanceof SpeechMarkupError)) throw error;
    return element.refuse(`cannot be spoken: ${error.message}`);
  }
}

const OPEN = '<speak>';
/** A text that has its root already, after an XML declaration or not. */
const HAS_ROOT = /^\s*(?:<\?xml[^>]*\?>\s*)?<speak[\s>/]/;

/**
 * Reads a text that is speech markup itself, with or without its `speak` element: what the Speak API takes as `type=ssml`
 * (voice-api.md §6.2). The voice must be one that understands markup.
 *
 * @throws XmlError
 */
export function parseSpeechMarkup(text: string): readonly SpeechMarkup[] {
  const root = parseRoot(text);
  try {
    return readSpeech(root.content).content;
  } catch (error) {
    if (error instanceof SpeechMarkupError) throw new XmlError(error.message, root.line, root.column);
    throw error;
  }
}

function parseRoot(text: string): XmlNode {
  if (HAS_ROOT.test(text)) return parseDocument(text);
  try {
    return parseDocument(`${OPEN}${text}</speak>`);
  } catch (error) {
    // The place is meant in the text as it was given.
    if (!(error instanceof XmlError) || error.line > 1) throw error;
    throw new XmlError(error.reason, 1, Math.max(1, error.column - OPEN.length));
  }
}
