import { XmlError, type XmlNode } from './document.ts';

/** What is worth telling the customer although the document is usable: ignored elements with their place. */
export type XmlNotes = string[];

/** One XML element of the language: its name, where it may stand and how its typed form is read. */
export interface ElementDefinition<Name extends string, Element extends { readonly element: Name }> {
  readonly name: Name;
  readonly parents: readonly string[];
  /** @throws XmlError for missing or impossible content; the whole document is refused then. */
  read(node: XmlNode, notes: XmlNotes): Element;
}

/**
 * The value of an attribute. Two SDKs write `none` where their caller gave nothing (voice-xml.md §17), so that and a blank
 * value read as absent.
 */
export function attribute(node: XmlNode, name: string): string | undefined {
  const value = node.attributes[name]?.trim();
  return value === undefined || value === '' || value === 'none' ? undefined : value;
}

export function requiredAttribute(node: XmlNode, name: string): string {
  return attribute(node, name) ?? refuse(node, `<${node.name}> needs the attribute ${name}`);
}

/** An http or https URL, as it is written in the document. */
export function urlAttribute(node: XmlNode, name: string): string | undefined {
  const value = attribute(node, name);
  if (value === undefined) return undefined;
  return isHttpUrl(value) ? value : refuse(node, `${name} of <${node.name}> is not an http or https URL`);
}

export function methodAttribute(node: XmlNode, name: string): 'GET' | 'POST' {
  const value = attribute(node, name)?.toUpperCase() ?? 'POST';
  return value === 'GET' || value === 'POST' ? value : refuse(node, `${name} of <${node.name}> is neither GET nor POST`);
}

export function refuse(node: XmlNode, reason: string): never {
  throw new XmlError(reason, node.line, node.column);
}

export function noteIgnored(node: XmlNode, parent: string, notes: XmlNotes): void {
  notes.push(`${node.line}:${node.column}: <${node.name}> in <${parent}> is not known there and was ignored`);
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:\/\//i.test(text);
}
