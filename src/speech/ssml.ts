import { readBreakStrength, readBreakTime, readPitch, readRate, readVolume } from './prosody.ts';

/** The subset of the Speech Synthesis Markup Language that a text may use (voice-xml.md §7). */

/** An element as any XML parser gives it. */
export interface MarkupElement {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  /** Text and elements in document order. */
  readonly content: readonly MarkupPiece[];
}
export type MarkupPiece = string | MarkupElement;

type Content = readonly SpeechNode[];
/** Tags that hold nothing but the text they are about. */
type Words = readonly string[];

export type SpeechNode =
  | string
  | { readonly name: 'break'; readonly attributes: { readonly time?: string; readonly strength?: string }; readonly content: [] }
  | { readonly name: 'emphasis'; readonly attributes: { readonly level?: string }; readonly content: Content }
  | { readonly name: 'lang'; readonly attributes: { readonly 'xml:lang': string }; readonly content: Content }
  | { readonly name: 'p' | 's'; readonly attributes: Readonly<Record<string, never>>; readonly content: Content }
  | { readonly name: 'phoneme'; readonly attributes: { readonly alphabet: string; readonly ph: string }; readonly content: Words }
  | {
      readonly name: 'prosody';
      readonly attributes: { readonly volume?: string; readonly rate?: string; readonly pitch?: string };
      readonly content: Content;
    }
  | {
      readonly name: 'say-as';
      readonly attributes: { readonly 'interpret-as': InterpretAs; readonly format?: string };
      readonly content: Words;
    }
  | { readonly name: 'sub'; readonly attributes: { readonly alias: string }; readonly content: Words }
  | { readonly name: 'w'; readonly attributes: { readonly role?: string }; readonly content: Content };

const interpretations = [
  'characters',
  'spell-out',
  'cardinal',
  'number',
  'ordinal',
  'digits',
  'fraction',
  'unit',
  'date',
  'time',
  'address',
  'expletive',
  'telephone',
] as const;
export type InterpretAs = (typeof interpretations)[number];

/** Why the markup of one text cannot be used; the message is for the eyes of who wrote it. */
export class SpeechMarkupError extends Error {
  override readonly name = 'SpeechMarkupError';
}

/** voice-xml.md §6.1: characters of one text, tags not counted. */
export const MAX_SPEECH_CHARACTERS = 3_000;
/** The parser that made the elements has a limit of its own; this one keeps recursion flat whoever made them. */
const MAX_DEPTH = 32;

type Tag = Exclude<SpeechNode, string>['name'];
const everyTag: readonly Tag[] = ['break', 'emphasis', 'lang', 'p', 'phoneme', 'prosody', 's', 'say-as', 'sub', 'w'];

/** What may stand in what: the nesting that the official SDKs let through. */
const nesting: Readonly<Record<Tag, readonly Tag[]>> = {
  break: [],
  emphasis: ['break', 'emphasis', 'lang', 'phoneme', 'prosody', 'say-as', 'sub', 'w'],
  lang: everyTag,
  p: ['break', 'emphasis', 'lang', 'phoneme', 'prosody', 's', 'say-as', 'sub', 'w'],
  phoneme: [],
  prosody: everyTag,
  s: ['break', 'emphasis', 'lang', 'phoneme', 'prosody', 'say-as', 'sub', 'w'],
  'say-as': [],
  sub: [],
  w: ['break', 'emphasis', 'phoneme', 'prosody', 'say-as', 'sub'],
};

const isOneOf =
  (...values: readonly string[]) =>
  (value: string) =>
    values.includes(value);
const isText = (value: string) => value.trim() !== '';

interface AttributeRule {
  readonly required?: true;
  readonly isLegal: (value: string) => boolean;
}

/** Attributes that mean something; others are dropped. */
const rules: Readonly<Record<Tag, Readonly<Record<string, AttributeRule>>>> = {
  break: {
    strength: { isLegal: (value) => readBreakStrength(value) !== undefined },
    time: { isLegal: (value) => readBreakTime(value) !== undefined },
  },
  emphasis: { level: { isLegal: isOneOf('strong', 'moderate', 'reduced') } },
  lang: { 'xml:lang': { required: true, isLegal: (value) => /^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(value) } },
  p: {},
  phoneme: { alphabet: { isLegal: isOneOf('ipa', 'x-sampa') }, ph: { required: true, isLegal: isText } },
  prosody: {
    volume: { isLegal: (value) => readVolume(value) !== undefined },
    rate: { isLegal: (value) => readRate(value) !== undefined },
    pitch: { isLegal: (value) => readPitch(value) !== undefined },
  },
  s: {},
  'say-as': { 'interpret-as': { required: true, isLegal: isOneOf(...interpretations) }, format: { isLegal: isText } },
  sub: { alias: { required: true, isLegal: isText } },
  w: { role: { isLegal: isOneOf('amazon:VB', 'amazon:VBD', 'amazon:NN', 'amazon:SENSE_1') } },
};

export interface ReadSpeech {
  readonly content: readonly SpeechNode[];
  /** Elements that no voice understands, such as `amazon:effect`: what stands in them is spoken as if they were not there. */
  readonly ignored: readonly string[];
}

/**
 * Reads the content of a text with speech markup: of the `Speak` element, or of the `speak` element of a text that is markup
 * itself. Whitespace is collapsed, the order of text and elements kept.
 *
 * @throws SpeechMarkupError for an element in the wrong place, a value that is not legal, a text that is empty or too long
 */
export function readSpeech(content: readonly MarkupPiece[]): ReadSpeech {
  const reader = new Reader();
  const read = collapse(reader.read(content, everyTag, 'the text', 0));
  checkLength(read);
  return { content: read, ignored: [...reader.ignored] };
}

/** Reads a text without markup. @throws SpeechMarkupError when it is empty or too long */
export function plainSpeech(text: string): readonly SpeechNode[] {
  const content = collapse([text]);
  checkLength(content);
  return content;
}

/**
 * The words without their markup, as WOMAN and MAN read a text with markup (voice-xml.md §7): elements are not looked at, so that
 * nothing in them can be wrong.
 */
export function plainText(content: readonly MarkupPiece[]): string {
  return wordsOf(content).replaceAll(/\s+/g, ' ').trim();
}

function wordsOf(content: readonly MarkupPiece[]): string {
  return content
    .map((node) => {
      if (typeof node === 'string') return node;
      return node.name === 'break' || node.name === 'p' || node.name === 's'
        ? ` ${wordsOf(node.content)} `
        : wordsOf(node.content);
    })
    .join('');
}

function checkLength(content: readonly SpeechNode[]): void {
  const length = [...plainText(content)].length;
  if (length > MAX_SPEECH_CHARACTERS) {
    throw new SpeechMarkupError(`the text has ${length} characters; ${MAX_SPEECH_CHARACTERS} are the most`);
  }
  if (length === 0 && content.length === 0) throw new SpeechMarkupError('the text is empty');
}

class Reader {
  readonly ignored = new Set<string>();

  read(content: readonly MarkupPiece[], allowed: readonly Tag[], place: string, depth: number): SpeechNode[] {
    if (depth > MAX_DEPTH) throw new SpeechMarkupError(`elements are nested more than ${MAX_DEPTH} deep`);
    return content.flatMap((piece): SpeechNode[] => {
      if (typeof piece === 'string') return [piece];
      const tag = everyTag.find((known) => known === piece.name);
      if (tag === undefined) {
        this.ignored.add(piece.name);
        return [' ', ...this.read(piece.content, allowed, place, depth + 1), ' '];
      }
      if (!allowed.includes(tag)) throw new SpeechMarkupError(`<${tag}> cannot stand in ${place}`);
      return [this.#element(tag, piece, depth)];
    });
  }

  #element(tag: Tag, { attributes, content }: MarkupElement, depth: number): SpeechNode {
    const inner = this.read(content, nesting[tag], `<${tag}>`, depth + 1);
    const values = readAttributes(tag, attributes);
    const required = (name: string) => values[name] ?? '';
    const words = inner.filter((node) => typeof node === 'string');
    switch (tag) {
      case 'break':
        return { name: tag, attributes: values, content: [] };
      case 'emphasis':
      case 'prosody':
      case 'w':
        return { name: tag, attributes: values, content: inner };
      case 'p':
      case 's':
        return { name: tag, attributes: {}, content: inner };
      case 'lang':
        return { name: tag, attributes: { 'xml:lang': required('xml:lang') }, content: inner };
      case 'phoneme':
        return { name: tag, attributes: { alphabet: values.alphabet ?? 'ipa', ph: required('ph') }, content: words };
      case 'sub':
        return { name: tag, attributes: { alias: required('alias') }, content: words };
      case 'say-as': {
        const interpretation = interpretations.find((known) => known === values['interpret-as']) ?? 'characters';
        const format = values.format === undefined ? {} : { format: values.format };
        return { name: tag, attributes: { 'interpret-as': interpretation, ...format }, content: words };
      }
    }
  }
}

function readAttributes(tag: Tag, attributes: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const values: Record<string, string> = {};
  for (const [name, rule] of Object.entries(rules[tag])) {
    const value = Object.hasOwn(attributes, name) ? attributes[name]?.trim() : undefined;
    if (value === undefined) {
      if (rule.required) throw new SpeechMarkupError(`<${tag}> needs the attribute ${name}`);
    } else if (rule.isLegal(value)) {
      values[name] = value;
    } else {
      throw new SpeechMarkupError(`${name}="${value.slice(0, 40)}" of <${tag}> is not understood`);
    }
  }
  return values;
}

/**
 * Runs of whitespace become one blank, also where a run goes on in the next element; none is left at the start, at the end and
 * around paragraphs.
 */
function collapse(content: readonly SpeechNode[]): readonly SpeechNode[] {
  const state = { blank: true };
  return dropBlankEnd(collapseInside(content, state));
}

function collapseInside(content: readonly SpeechNode[], state: { blank: boolean }): SpeechNode[] {
  const result: SpeechNode[] = [];
  for (const node of content) {
    if (typeof node === 'string') {
      let text = node.replaceAll(/\s+/g, ' ');
      if (state.blank) text = text.replace(/^ /, '');
      if (text === '') continue;
      state.blank = text.endsWith(' ');
      const last = result.at(-1);
      if (typeof last === 'string') result[result.length - 1] = last + text;
      else result.push(text);
      continue;
    }
    switch (node.name) {
      case 'break':
        result.push(node);
        break;
      case 'phoneme':
      case 'say-as':
      case 'sub':
        result.push({ ...node, content: [node.content.join('').replaceAll(/\s+/g, ' ').trim()] });
        state.blank = false;
        break;
      case 'p':
      case 's':
        result.push({ ...node, content: dropBlankEnd(collapseInside(node.content, { blank: true })) });
        state.blank = true;
        break;
      default:
        result.push({ ...node, content: collapseInside(node.content, state) });
    }
  }
  return result;
}

function dropBlankEnd(content: SpeechNode[]): readonly SpeechNode[] {
  const last = content.at(-1);
  if (typeof last !== 'string') return content;
  const text = last.trimEnd();
  return text === '' ? content.slice(0, -1) : content.with(-1, text);
}
