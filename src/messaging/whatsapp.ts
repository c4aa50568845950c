/**
 * The content of a WhatsApp message (messaging.md §2.3-2.6): read from JSON, checked, and told by kind. Null and empty strings count as
 * absent, unknown keys are ignored, because SDKs send both. A Problem names the path of what is wrong, such as
 * `template.components[0].parameters[1].text`.
 */
import type { MessageService } from '../carriers/carrier.ts';
import { invalidParameter, missingParameter } from '../errors/catalogue.ts';

/** Free text outside SMS limits (§2). */
export const MAX_TEXT = 4096;

export interface WhatsAppInput {
  readonly text?: unknown;
  readonly mediaCount: number;
  readonly template?: unknown;
  readonly interactive?: unknown;
  readonly location?: unknown;
}

/** `structured` is the checked JSON as given, for the carrier that converts it. */
export type WhatsAppContent =
  | { readonly kind: 'template'; readonly structured: { readonly template: unknown } }
  | { readonly kind: 'interactive'; readonly structured: { readonly interactive: unknown } }
  | { readonly kind: 'location'; readonly structured: { readonly location: unknown } }
  | { readonly kind: 'media'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string };

/** Throws the Problem (400) of the first fault. At most one of template, interactive and location; at most one attachment. */
export function readWhatsAppContent(input: WhatsAppInput): WhatsAppContent {
  const text = optionalText('text', input.text, MAX_TEXT) ?? '';
  const given = (['template', 'interactive', 'location'] as const).filter((name) => isPresent(input[name]));
  const [first, second] = given;
  if (first && second) throw invalidParameter(second, `${second} cannot be combined with ${first}`);
  if (input.mediaCount > 1)
    throw invalidParameter(
      'media_urls',
      'media_urls and media_ids together hold more than the one attachment a WhatsApp message takes',
    );
  if (first && input.mediaCount > 0) throw invalidParameter('media_urls', `media_urls cannot be combined with ${first}`);
  switch (first) {
    case 'template':
      checkTemplate(input.template);
      return { kind: 'template', structured: { template: input.template } };
    case 'interactive':
      checkInteractive(input.interactive);
      return { kind: 'interactive', structured: { interactive: input.interactive } };
    case 'location':
      checkLocation('location', input.location);
      return { kind: 'location', structured: { location: input.location } };
  }
  if (input.mediaCount > 0) return { kind: 'media', text };
  if (text === '') throw missingParameter('text');
  return { kind: 'text', text };
}

/**
 * The structured content of a message of any service, checked; undefined for a plain text or attachment. The structured kinds exist only
 * over WhatsApp: with another service they are a Problem.
 */
export function readWhatsapp(input: WhatsAppInput & { readonly service: MessageService }): unknown {
  if (input.service === 'whatsapp') {
    const content = readWhatsAppContent(input);
    return 'structured' in content ? content.structured : undefined;
  }
  for (const name of ['template', 'interactive', 'location'] as const) {
    if (isPresent(input[name])) throw invalidParameter(name, `${name} is only for messages of type whatsapp`);
  }
  return undefined;
}

/** More of anything than any approved template has; bounds the work of one request. */
const MAX_ENTRIES = 100;

function checkTemplate(value: unknown): void {
  const template = object('template', value);
  requiredText('template.name', template.name);
  requiredText('template.language', template.language);
  checkComponents('template.components', template.components, true);
}

const COMPONENT_TYPES = ['header', 'body', 'button', 'footer', 'carousel'];

/** A card holds components but no cards. */
function checkComponents(path: string, value: unknown, mayHoldCards: boolean): void {
  list(path, value).forEach((entry, index) => {
    const at = `${path}[${index}]`;
    const component = object(at, entry);
    oneOf(`${at}.type`, component.type, COMPONENT_TYPES);
    if (lower(component.type) === 'button') {
      requiredText(`${at}.sub_type`, component.sub_type);
      const position = requiredText(
        `${at}.index`,
        typeof component.index === 'number' ? String(component.index) : component.index,
      );
      if (!/^[0-9]{1,2}$/.test(position)) throw invalidParameter(`${at}.index`, `${at}.index must be a position counted from 0`);
    }
    list(`${at}.parameters`, component.parameters).forEach((parameter, position) => {
      checkParameter(`${at}.parameters[${position}]`, parameter);
    });
    if (!isPresent(component.cards)) return;
    if (!mayHoldCards) throw invalidParameter(`${at}.cards`, `${at}.cards: a card cannot hold cards`);
    list(`${at}.cards`, component.cards).forEach((card, position) => {
      const cardPath = `${at}.cards[${position}]`;
      checkComponents(`${cardPath}.components`, object(cardPath, card).components, false);
    });
  });
}

const PARAMETER_TYPES = ['text', 'media', 'payload', 'currency', 'date_time', 'location'];

function checkParameter(path: string, value: unknown): void {
  const parameter = object(path, value);
  switch (oneOf(`${path}.type`, parameter.type, PARAMETER_TYPES)) {
    case 'text':
      requiredText(`${path}.text`, parameter.text);
      return;
    case 'media':
      webAddress(`${path}.media`, parameter.media);
      return;
    case 'payload':
      requiredText(`${path}.payload`, parameter.payload);
      return;
    case 'currency': {
      const currency = object(`${path}.currency`, parameter.currency);
      requiredText(`${path}.currency.fallback_value`, currency.fallback_value);
      requiredText(`${path}.currency.currency_code`, currency.currency_code);
      if (!isPresent(currency.amount_1000)) throw missingParameter(`${path}.currency.amount_1000`);
      if (typeof currency.amount_1000 !== 'number') {
        throw invalidParameter(`${path}.currency.amount_1000`, `${path}.currency.amount_1000 must be a number`);
      }
      return;
    }
    case 'date_time':
      requiredText(`${path}.date_time.fallback_value`, object(`${path}.date_time`, parameter.date_time).fallback_value);
      return;
    case 'location':
      checkLocation(`${path}.location`, parameter.location);
  }
}

// Limits of the network, in characters and entries (§2.4).
const MAX_BODY = 1024;
const MAX_HEADER_OR_FOOTER = 60;
const MAX_BUTTONS = 3;
const MAX_BUTTON_TITLE = 20;
const MAX_ID = 256;
const MAX_SECTIONS = 10;
const MAX_ROWS = 10;
const MAX_ROW_TITLE = 24;
const MAX_ROW_DESCRIPTION = 72;

function checkInteractive(value: unknown): void {
  const interactive = object('interactive', value);
  const type = oneOf('interactive.type', interactive.type, ['button', 'list', 'cta_url']);
  if (isPresent(interactive.header)) checkHeader(object('interactive.header', interactive.header));
  requiredText('interactive.body.text', object('interactive.body', interactive.body).text, MAX_BODY);
  if (isPresent(interactive.footer)) {
    optionalText('interactive.footer.text', object('interactive.footer', interactive.footer).text, MAX_HEADER_OR_FOOTER);
  }
  const action = object('interactive.action', interactive.action);
  const buttons = list('interactive.action.buttons', action.buttons).map((entry, index) =>
    object(`interactive.action.buttons[${index}]`, entry),
  );
  if (buttons.length === 0) throw missingParameter('interactive.action.buttons');
  const most = type === 'button' ? MAX_BUTTONS : 1;
  if (buttons.length > most) {
    throw invalidParameter('interactive.action.buttons', `interactive.action.buttons has more than ${most} for type ${type}`);
  }
  buttons.forEach((button, index) => {
    const path = `interactive.action.buttons[${index}]`;
    requiredText(`${path}.title`, button.title, MAX_BUTTON_TITLE);
    if (type === 'button') requiredText(`${path}.id`, button.id, MAX_ID);
    if (type === 'cta_url') webAddress(`${path}.cta_url`, button.cta_url);
  });
  if (type === 'list') checkSections('interactive.action.sections', action.sections);
}

function checkHeader(header: Readonly<Record<string, unknown>>): void {
  if (oneOf('interactive.header.type', header.type, ['text', 'media']) === 'text') {
    requiredText('interactive.header.text', header.text, MAX_HEADER_OR_FOOTER);
  } else {
    webAddress('interactive.header.media', header.media);
  }
}

function checkSections(path: string, value: unknown): void {
  const sections = list(path, value);
  if (sections.length === 0) throw missingParameter(path);
  if (sections.length > MAX_SECTIONS) throw invalidParameter(path, `${path} has more than ${MAX_SECTIONS} entries`);
  let rows = 0;
  sections.forEach((entry, index) => {
    const at = `${path}[${index}]`;
    const section = object(at, entry);
    optionalText(`${at}.title`, section.title, MAX_ROW_TITLE);
    const own = list(`${at}.rows`, section.rows);
    if (own.length === 0) throw missingParameter(`${at}.rows`);
    rows += own.length;
    if (rows > MAX_ROWS) throw invalidParameter(`${at}.rows`, `${path} has more than ${MAX_ROWS} rows in all`);
    own.forEach((row, position) => {
      const rowPath = `${at}.rows[${position}]`;
      const { id, title, description } = object(rowPath, row);
      requiredText(`${rowPath}.id`, id, MAX_ID);
      requiredText(`${rowPath}.title`, title, MAX_ROW_TITLE);
      optionalText(`${rowPath}.description`, description, MAX_ROW_DESCRIPTION);
    });
  });
}

function checkLocation(path: string, value: unknown): void {
  const location = object(path, value);
  coordinate(`${path}.latitude`, location.latitude, 90);
  coordinate(`${path}.longitude`, location.longitude, 180);
  requiredText(`${path}.name`, location.name);
  requiredText(`${path}.address`, location.address);
}

/** Documented as a string; a JSON number says the same. */
function coordinate(path: string, value: unknown, bound: number): void {
  const text = requiredText(path, typeof value === 'number' ? String(value) : value);
  if (!/^[+-]?[0-9]{1,3}(\.[0-9]+)?$/.test(text.trim()) || Math.abs(Number(text)) > bound) {
    throw invalidParameter(path, `${path} must be degrees between -${bound} and ${bound}`);
  }
}

const isPresent = (value: unknown): boolean => value !== undefined && value !== null && value !== '';
const lower = (value: unknown): string => (typeof value === 'string' ? value.toLowerCase() : '');

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function object(path: string, value: unknown): Readonly<Record<string, unknown>> {
  if (!isPresent(value)) throw missingParameter(path);
  if (!isObject(value)) throw invalidParameter(path, `${path} must be an object`);
  return value;
}

/** An absent list is an empty one. */
function list(path: string, value: unknown): readonly unknown[] {
  if (!isPresent(value)) return [];
  if (!Array.isArray(value)) throw invalidParameter(path, `${path} must be a list`);
  if (value.length > MAX_ENTRIES) throw invalidParameter(path, `${path} has more than ${MAX_ENTRIES} entries`);
  return value;
}

function optionalText(path: string, value: unknown, max = MAX_TEXT): string | undefined {
  if (!isPresent(value)) return undefined;
  if (typeof value !== 'string') throw invalidParameter(path, `${path} must be a string`);
  if (value.length > max) throw invalidParameter(path, `${path} is longer than ${max} characters`);
  return value;
}

function requiredText(path: string, value: unknown, max = MAX_TEXT): string {
  const text = optionalText(path, value, max);
  if (text === undefined) throw missingParameter(path);
  return text;
}

function oneOf(path: string, value: unknown, values: readonly string[]): string {
  const text = requiredText(path, value).toLowerCase();
  if (!values.includes(text)) throw invalidParameter(path, `${path} must be one of ${values.join(', ')}`);
  return text;
}

function webAddress(path: string, value: unknown): void {
  const text = requiredText(path, value);
  const protocol = URL.parse(text)?.protocol;
  if (protocol !== 'http:' && protocol !== 'https:') throw invalidParameter(path, `${path} must be an http or https URL`);
}
