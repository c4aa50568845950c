import { SaxesParser } from 'saxes';

/** A well-formed XML element with its place in the document, before any meaning is given to it. */
export interface XmlNode {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Text and elements in document order. */
  readonly content: readonly (string | XmlNode)[];
  /** Where its start tag ends, counted from 1. */
  readonly line: number;
  readonly column: number;
}

/** Why a document cannot be used, with the place, for the customer's eyes. */
export class XmlError extends Error {
  override readonly name = 'XmlError';
  readonly reason: string;
  readonly line: number;
  readonly column: number;
  constructor(reason: string, line: number, column: number) {
    super(`${line}:${column}: ${reason}`);
    this.reason = reason;
    this.line = line;
    this.column = column;
  }
}

/** Documented maximum of an XML answer (voice-xml.md §2.2). */
export const MAX_DOCUMENT_BYTES = 100 * 1024;
/** Legal documents nest four deep plus speech markup; what is deeper is an attack or a mistake. */
const MAX_DEPTH = 32;
/** More elements than a call or a message could run through; bounds the memory one answer takes. */
const MAX_ELEMENTS = 2000;

interface OpenNode extends XmlNode {
  readonly content: (string | XmlNode)[];
}

/**
 * Parses one document strictly: mismatched tags, undefined entities and a second root are errors, document types are refused.
 * A byte order mark is skipped. The encoding in the declaration is not looked at: the bytes must be UTF-8, because
 * frameworks exist that declare UTF-16 and send UTF-8.
 *
 * @throws XmlError
 */
export function parseDocument(source: string | Uint8Array): XmlNode {
  const text = decode(source);
  const parser = new SaxesParser<{ xmlns: false; position: false }>({ xmlns: false, position: false });
  const open: OpenNode[] = [];
  let root: XmlNode | undefined;
  let elements = 0;

  const fail = (reason: string): never => {
    throw new XmlError(reason, parser.line, parser.column + 1);
  };
  const append = (piece: string) => open.at(-1)?.content.push(piece);
  parser.on('error', (error) => {
    const place = bareAmpersand(text);
    const isCause = place && (place.line < parser.line || (place.line === parser.line && place.column <= parser.column + 1));
    throw isCause ? new XmlError('an ampersand must be written &amp;', place.line, place.column) : fail(error.message);
  });
  parser.on('doctype', () => fail('a document type declaration is not allowed'));
  parser.on('text', append);
  parser.on('cdata', append);
  parser.on('opentag', (tag) => {
    if (++elements > MAX_ELEMENTS) fail(`more than ${MAX_ELEMENTS} elements`);
    if (open.length === MAX_DEPTH) fail(`elements nested more than ${MAX_DEPTH} deep`);
    const node: OpenNode = {
      name: tag.name,
      attributes: tag.attributes,
      content: [],
      line: parser.line,
      column: parser.column + 1,
    };
    open.at(-1)?.content.push(node);
    open.push(node);
    root ??= node;
  });
  parser.on('closetag', () => open.pop());
  parser.write(text).close();
  return root ?? fail('the document is empty');
}

/** The element's own text, without that of its children, trimmed. */
export function textOf(node: XmlNode): string {
  return node.content
    .filter((piece) => typeof piece === 'string')
    .join('')
    .trim();
}

export function childrenOf(node: XmlNode): readonly XmlNode[] {
  return node.content.filter((piece) => typeof piece !== 'string');
}

const AMPERSAND_OR_VERBATIM = /&(?!#?\w{1,40};)|<!--|<!\[CDATA\[|<\?/g;
const VERBATIM_ENDS: Readonly<Record<string, string>> = { '<!--': '-->', '<![CDATA[': ']]>', '<?': '?>' };

/**
 * Where the first ampersand is that begins no entity: the most frequent mistake, in URLs, which the parser notices only at the
 * next semicolon or at the end.
 */
function bareAmpersand(text: string): { readonly line: number; readonly column: number } | undefined {
  AMPERSAND_OR_VERBATIM.lastIndex = 0;
  for (;;) {
    const found = AMPERSAND_OR_VERBATIM.exec(text);
    if (!found) return undefined;
    const end = VERBATIM_ENDS[found[0]];
    if (end === undefined) {
      const before = text.slice(0, found.index);
      return { line: before.split('\n').length, column: found.index - before.lastIndexOf('\n') };
    }
    const closed = text.indexOf(end, found.index);
    if (closed === -1) return undefined;
    AMPERSAND_OR_VERBATIM.lastIndex = closed;
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decode(source: string | Uint8Array): string {
  const bytes = typeof source === 'string' ? Buffer.byteLength(source) : source.byteLength;
  if (bytes > MAX_DOCUMENT_BYTES) throw new XmlError(`the document is larger than ${MAX_DOCUMENT_BYTES / 1024} KB`, 1, 1);
  if (typeof source === 'string') return source.startsWith('\uFEFF') ? source.slice(1) : source;
  try {
    return utf8.decode(source);
  } catch {
    throw new XmlError('the document is not valid UTF-8', 1, 1);
  }
}
