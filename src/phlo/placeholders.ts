/** `{{Start.http.params.to}}` as the designer of the hosted service writes it, or `{{to}}`; with dots for what lies deeper. */
const PLACEHOLDER = /\{\{\s*(?:Start\.http\.params\.)?([A-Za-z0-9_][A-Za-z0-9_.-]{0,127})\s*\}\}/g;
const XML_ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&apos;' };
/** Characters that no XML document may hold, not even escaped (XML 1.0 §2.2). */
const NO_XML = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;

/** What a run was given. */
export type Payload = Readonly<Record<string, unknown>>;

/** Puts a run's values in the place of placeholders, as text or attributes of XML. What was not given is empty. */
export const fillXml = (template: string, payload: Payload): string =>
  fill(template, payload, (value) => xmlText(value).replace(/[&<>"']/g, (character) => XML_ENTITIES[character] ?? ''));

/** The same in a URL. */
export const fillUrl = (template: string, payload: Payload): string =>
  fill(template, payload, (value) => encodeURIComponent(value.toWellFormed()));

/** The same in a name, which is no part of a document any more: what comes of it is what its reader would see. */
export const fillText = (template: string, payload: Payload): string => fill(template, payload, xmlText);

const xmlText = (value: string): string => value.replace(NO_XML, '');

export const hasPlaceholders = (template: string): boolean => template.search(PLACEHOLDER) >= 0;

function fill(template: string, payload: Payload, written: (value: string) => string): string {
  return template.replace(PLACEHOLDER, (_, path: string) => written(textAt(payload, path)));
}

/** A value by its name, or by names with dots between them where it lies in an object. Objects and lists are no text. */
export function textAt(payload: Payload, path: string): string {
  let value: unknown = payload;
  for (const name of Object.hasOwn(payload, path) ? [path] : path.split('.')) {
    const found: unknown =
      typeof value === 'object' && value !== null && Object.hasOwn(value, name) ? Reflect.get(value, name) : '';
    value = found;
  }
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}
