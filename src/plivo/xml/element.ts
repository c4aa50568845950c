import type { ElementUrl } from '../../voice/document.ts';
import { childrenOf, textOf, XmlError, type XmlNode } from './document.ts';

/** What is worth telling the customer although the document is usable: ignored elements, corrected values, with their place. */
export type XmlNotes = string[];

/**
 * One XML element of the language: its name and how its typed form is read. Where it may stand is up to its parents, which list
 * the definitions of their children.
 */
export interface ElementDefinition<Element> {
  readonly name: string;
  /** @throws XmlError for missing or impossible content; the whole document is refused then. */
  read(element: ElementReader): Element;
}

export interface IntegerRule {
  /** When the attribute is absent or no number. */
  readonly initial: number;
  readonly min: number;
  readonly max: number;
}

/** Enough to see what is wrong with a document; bounds what one document can write into a timeline. */
const MAX_NOTES = 100;
/** Of a value that a note or an error repeats. */
const SHOWN_CHARACTERS = 40;
const INTEGER = /^[+-]?\d+$/;
/** Telephone keys. */
const KEYS = /^[0-9*#]+$/;

/** Reads attributes and content of one element as voice-xml.md §5.1 has them coerced, and notes what had to be put right. */
export class ElementReader {
  readonly node: XmlNode;
  readonly #notes: XmlNotes;

  constructor(node: XmlNode, notes: XmlNotes) {
    this.node = node;
    this.#notes = notes;
  }

  /** The same element with its attributes under these names, in whatever letter case they are written. */
  named(names: readonly string[]): ElementReader {
    const byLetters = new Map(names.map((name) => [name.toLowerCase(), name]));
    const attributes = Object.entries(this.node.attributes).map(([name, value]) => [
      byLetters.get(name.toLowerCase()) ?? name,
      value,
    ]);
    return new ElementReader({ ...this.node, attributes: Object.fromEntries(attributes) }, this.#notes);
  }

  /** The attribute as it is written, trimmed. */
  raw(name: string): string | undefined {
    return this.node.attributes[name]?.trim();
  }

  /** Two SDKs write `none` where their caller gave nothing (voice-xml.md §17), so that and a blank value read as absent. */
  value(name: string): string | undefined {
    const value = this.raw(name);
    return value === '' || value === 'none' ? undefined : value;
  }

  required(name: string): string {
    return this.value(name) ?? this.refuse(`needs the attribute ${name}`);
  }

  /** Exactly `true` is true; whatever else is written is false, `none` too. */
  boolean(name: string, initial: boolean): boolean {
    const value = this.node.attributes[name];
    if (value === undefined) return initial;
    if (value !== 'true' && !['false', 'none', ''].includes(value))
      this.note(`reads ${name}="${shown(value)}" as false: only true is true`);
    return value === 'true';
  }

  /** What is no number, or not positive where it must be, takes the default; what is out of bounds the nearest bound. */
  integer(name: string, { initial, min, max }: IntegerRule): number {
    const text = this.value(name);
    if (text === undefined) return initial;
    const value = INTEGER.test(text) ? Number(text) + 0 : Number.NaN; // -0 is 0
    if (value >= min && value <= max) return value;
    const used = Number.isNaN(value) || (value <= 0 && min > 0) || value < 0 ? initial : Math.min(Math.max(value, min), max);
    this.note(`reads ${name}="${shown(text)}" as ${used}`);
    return used;
  }

  /** Whole seconds as milliseconds. */
  seconds(name: string, rule: IntegerRule): number {
    return this.integer(name, rule) * 1_000;
  }

  /** How often to play: 0 = until the call ends, which PHP writes as `none`. */
  loop(): number {
    if (this.raw('loop') === 'none') return 0;
    return this.integer('loop', { initial: 1, min: 0, max: Number.MAX_SAFE_INTEGER });
  }

  choice<Choice extends string, Initial>(name: string, choices: readonly Choice[], initial: Initial): Choice | Initial {
    const value = this.value(name);
    if (value === undefined) return initial;
    const found = choices.find((choice) => choice === value.toLowerCase());
    if (found === undefined) this.note(`ignores ${name}="${shown(value)}": it is none of ${choices.join(', ')}`);
    return found ?? initial;
  }

  /** Keys that end an input, `#` by default; `none` or nothing between the quotes = none. */
  finishOnKey(): string {
    const value = this.raw('finishOnKey');
    if (value === undefined) return '#';
    if (value === '' || value === 'none') return '';
    if (KEYS.test(value)) return value;
    this.note(`reads finishOnKey="${shown(value)}" as #: keys are 0-9 * #`);
    return '#';
  }

  /** A URL with its method, as they are written: wrong ones fail with a cause of their own when they are used. */
  target(urlName: string, methodName: string, initial = 'POST'): ElementUrl | undefined {
    const url = this.value(urlName);
    return url === undefined ? undefined : { url, method: this.method(methodName, initial) };
  }

  method(name: string, initial = 'POST'): string {
    return this.value(name)?.toUpperCase() ?? initial;
  }

  /** An http or https URL, as it is written in the document. */
  httpUrl(name: string): string | undefined {
    const value = this.value(name);
    if (value === undefined || isHttpUrl(value)) return value;
    return this.refuse(`has an attribute ${name} that is not an http or https URL`);
  }

  /** The element's own text, trimmed. Elements in it are ignored with a note. */
  text(): string {
    for (const child of childrenOf(this.node)) this.#ignore(child);
    return textOf(this.node);
  }

  /**
   * The typed forms of the children. Unknown elements are skipped with a note; a known name in other letter case is an error,
   * because its writer expects it to run. Definitions that give undefined have told why.
   */
  children<Element>(definitions: readonly ElementDefinition<Element | undefined>[]): Element[] {
    if (textOf(this.node) !== '') this.note('holds text that is no part of an element; it is ignored');
    const elements: Element[] = [];
    for (const child of childrenOf(this.node)) {
      const definition = definitions.find(({ name }) => name === child.name);
      if (!definition) {
        const meant = definitions.find(({ name }) => name.toLowerCase() === child.name.toLowerCase());
        if (meant) refuse(child, `is unknown: element names are case-sensitive, it must be <${meant.name}>`);
        this.#ignore(child);
        continue;
      }
      const element = definition.read(new ElementReader(child, this.#notes));
      if (element !== undefined) elements.push(element);
    }
    return elements;
  }

  refuse(reason: string): never {
    return refuse(this.node, reason);
  }

  /** `reason` continues a sentence that begins with the element. */
  note(reason: string, node = this.node): void {
    if (this.#notes.length < MAX_NOTES) this.#notes.push(`${node.line}:${node.column}: <${shown(node.name)}> ${reason}`);
  }

  #ignore(child: XmlNode): void {
    this.note(`in <${this.node.name}> is not known there and was ignored`, child);
  }
}

function refuse(node: XmlNode, reason: string): never {
  throw new XmlError(`<${shown(node.name)}> ${reason}`, node.line, node.column);
}

/** The beginning of a value from outside. */
export function shown(value: string): string {
  return value.length > SHOWN_CHARACTERS ? `${value.slice(0, SHOWN_CHARACTERS)}...` : value;
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\//i.test(text);
}
