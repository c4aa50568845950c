import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Problem } from '../errors/catalogue.ts';
import { readWhatsAppContent, readWhatsapp, type WhatsAppInput } from './whatsapp.ts';

/** `ok` and the kind when it is accepted, else the parameter that the Problem names. */
function read(input: Partial<WhatsAppInput>): string {
  try {
    return `ok ${readWhatsAppContent({ mediaCount: 0, ...input }).kind}`;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    assert.equal(error.status, 400);
    assert.ok(error.parameter && error.message.includes(error.parameter.split('.')[0] ?? ''));
    return error.parameter;
  }
}

const location = { latitude: '37.7749', longitude: '-122.4194', name: 'Office', address: '1 Example Street' };

describe('WhatsApp content', () => {
  it('is a text, an attachment with or without caption, or one of the structured kinds', () => {
    assert.equal(read({ text: 'hi' }), 'ok text');
    assert.equal(read({ mediaCount: 1 }), 'ok media');
    assert.equal(read({ mediaCount: 1, text: 'caption' }), 'ok media');
    assert.equal(read({ template: { name: 'welcome', language: 'en' } }), 'ok template');
    assert.equal(read({ location }), 'ok location');
  });

  it('has to be something', () => {
    assert.equal(read({}), 'text');
    assert.throws(() => readWhatsAppContent({ mediaCount: 0 }), /text parameter is missing/);
    assert.throws(
      () => readWhatsAppContent({ mediaCount: 0, text: '', template: null, location: '' }),
      /text parameter is missing/,
    );
  });

  it('is one thing', () => {
    assert.equal(read({ template: { name: 'a', language: 'en' }, location }), 'location');
    assert.equal(read({ location, mediaCount: 1 }), 'media_urls');
    assert.equal(read({ mediaCount: 2 }), 'media_urls');
  });

  it('has at most 4096 characters of text', () => {
    assert.equal(read({ text: 'a'.repeat(4096) }), 'ok text');
    assert.throws(() => readWhatsAppContent({ mediaCount: 0, text: 'a'.repeat(4097) }), Problem);
    assert.throws(() => readWhatsAppContent({ mediaCount: 0, text: 5 }), Problem);
  });

  it('comes back as it was given', () => {
    const template = { name: 'welcome', language: 'en', components: [], unknown: 1 };
    assert.deepEqual(readWhatsAppContent({ mediaCount: 0, template }), { kind: 'template', structured: { template } });
  });

  it('is structured over WhatsApp only', () => {
    const template = { name: 'welcome', language: 'en' };
    assert.deepEqual(readWhatsapp({ service: 'whatsapp', mediaCount: 0, template }), { template });
    assert.equal(readWhatsapp({ service: 'whatsapp', mediaCount: 0, text: 'hi' }), undefined);
    assert.equal(readWhatsapp({ service: 'sms', mediaCount: 0, text: 'hi', template: null, location: '' }), undefined);
    assert.throws(
      () => readWhatsapp({ service: 'sms', mediaCount: 0, template }),
      /template is only for messages of type whatsapp/,
    );
    assert.throws(() => readWhatsapp({ service: 'mms', mediaCount: 1, location }), /location is only for/);
  });

  it('never fails otherwise than with a Problem', () => {
    const names = ['type', 'name', 'language', 'components', 'parameters', 'action', 'buttons', 'body', 'text', 'cards'] as const;
    const any = fc.oneof(fc.jsonValue(), fc.dictionary(fc.constantFrom(...names), fc.jsonValue()));
    fc.assert(
      fc.property(any, fc.constantFrom('template', 'interactive', 'location'), (value, name) => {
        read({ [name]: value });
      }),
    );
  });
});

describe('ok template', () => {
  const template = (...components: unknown[]) => read({ template: { name: 'order', language: 'en_US', components } });
  const parameter = (value: unknown) => template({ type: 'body', parameters: [value] });
  const at = (rest: string) => `template.components[0].${rest}`;

  it('has a name and a language', () => {
    assert.equal(read({ template: { language: 'en' } }), 'template.name');
    assert.equal(read({ template: { name: '', language: 'en' } }), 'template.name');
    assert.equal(read({ template: { name: 'a' } }), 'template.language');
    assert.equal(read({ template: 'welcome' }), 'template');
    assert.equal(read({ template: { name: 'a', language: 'en', components: {} } }), 'template.components');
  });

  it('has components of known types, buttons with their place', () => {
    assert.equal(
      template({ type: 'header' }, { type: 'body', parameters: [] }, { type: 'button', sub_type: 'url', index: '0' }),
      'ok template',
    );
    assert.equal(template({ type: 'sidebar' }), at('type'));
    assert.equal(template({}), at('type'));
    assert.equal(template({ type: 'button', index: '0' }), at('sub_type'));
    assert.equal(template({ type: 'button', sub_type: 'url' }), at('index'));
    assert.equal(template({ type: 'button', sub_type: 'url', index: 'first' }), at('index'));
    assert.equal(template({ type: 'button', sub_type: 'url', index: 0 }), 'ok template');
  });

  it('has parameters complete for their type', () => {
    const currency = { fallback_value: '$10', currency_code: 'USD', amount_1000: 10_000 };
    for (const good of [
      { type: 'text', text: 'Ada', parameter_name: 'first_name' },
      { type: 'media', media: 'https://example.com/a.png' },
      { type: 'payload', payload: 'yes' },
      { type: 'currency', currency },
      { type: 'date_time', date_time: { fallback_value: 'Monday' } },
      { type: 'location', location },
    ]) {
      assert.equal(parameter(good), 'ok template', good.type);
    }
    assert.equal(parameter({ type: 'text' }), at('parameters[0].text'));
    assert.equal(parameter({ type: 'media', media: 'file:///a.png' }), at('parameters[0].media'));
    assert.equal(parameter({ type: 'payload' }), at('parameters[0].payload'));
    assert.equal(parameter({ type: 'currency' }), at('parameters[0].currency'));
    assert.equal(
      parameter({ type: 'currency', currency: { ...currency, amount_1000: '10' } }),
      at('parameters[0].currency.amount_1000'),
    );
    assert.equal(parameter({ type: 'date_time', date_time: {} }), at('parameters[0].date_time.fallback_value'));
    assert.equal(parameter({ type: 'location', location: { ...location, name: '' } }), at('parameters[0].location.name'));
    assert.equal(parameter({ type: 'video' }), at('parameters[0].type'));
    assert.equal(parameter('Ada'), at('parameters[0]'));
  });

  it('may have cards, which have components but no cards', () => {
    const card = { components: [{ type: 'body', parameters: [{ type: 'text', text: 'x' }] }] };
    assert.equal(template({ type: 'carousel', cards: [card, { card_index: 1, ...card }] }), 'ok template');
    assert.equal(
      template({ type: 'carousel', cards: [{ components: [{ type: 'carousel', cards: [card] }] }] }),
      at('cards[0].components[0].cards'),
    );
  });
});

describe('an interactive message', () => {
  const body = { text: 'Choose' };
  const interactive = (value: object) => read({ interactive: { body, ...value } });
  const buttons = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `b${index}`, title: `Button ${index}` }));

  it('with quick replies has one to three buttons with id and title', () => {
    assert.equal(interactive({ type: 'button', action: { buttons: buttons(3) } }), 'ok interactive');
    assert.equal(interactive({ type: 'button', action: { buttons: buttons(4) } }), 'interactive.action.buttons');
    assert.equal(interactive({ type: 'button', action: {} }), 'interactive.action.buttons');
    assert.equal(interactive({ type: 'button', action: { buttons: [{ title: 'x' }] } }), 'interactive.action.buttons[0].id');
    assert.equal(
      interactive({ type: 'button', action: { buttons: [{ id: '1', title: 'x'.repeat(21) }] } }),
      'interactive.action.buttons[0].title',
    );
  });

  it('with a list has an opener and up to ten rows in sections', () => {
    const rows = (count: number) => Array.from({ length: count }, (_, index) => ({ id: `r${index}`, title: `Row ${index}` }));
    const withSections = (...sections: unknown[]) =>
      interactive({ type: 'list', action: { buttons: [{ title: 'Open' }], sections } });
    assert.equal(withSections({ title: 'A', rows: rows(5) }, { title: 'B', rows: rows(5) }), 'ok interactive');
    assert.equal(
      withSections({ title: 'A', rows: rows(6) }, { title: 'B', rows: rows(5) }),
      'interactive.action.sections[1].rows',
    );
    assert.equal(withSections(), 'interactive.action.sections');
    assert.equal(withSections({ title: 'A' }), 'interactive.action.sections[0].rows');
    assert.equal(
      withSections({ rows: [{ id: '1', title: 'x', description: 'x'.repeat(73) }] }),
      'interactive.action.sections[0].rows[0].description',
    );
  });

  it('with a link has one button with title and URL', () => {
    const link = { title: 'Visit', cta_url: 'https://example.com' };
    assert.equal(interactive({ type: 'cta_url', action: { buttons: [link] } }), 'ok interactive');
    assert.equal(interactive({ type: 'cta_url', action: { buttons: [link, link] } }), 'interactive.action.buttons');
    assert.equal(
      interactive({ type: 'cta_url', action: { buttons: [{ ...link, cta_url: 'javascript:0' }] } }),
      'interactive.action.buttons[0].cta_url',
    );
  });

  it('has a body, and a header that is text or media', () => {
    const action = { buttons: buttons(1) };
    assert.equal(interactive({ type: 'button', action, body: {} }), 'interactive.body.text');
    assert.equal(
      interactive({ type: 'button', action, header: { type: 'text', text: 'x'.repeat(61) } }),
      'interactive.header.text',
    );
    assert.equal(
      interactive({ type: 'button', action, header: { type: 'media', media: 'https://example.com/a' } }),
      'ok interactive',
    );
    assert.equal(interactive({ type: 'button', action, header: { type: 'video' } }), 'interactive.header.type');
    assert.equal(interactive({ type: 'menu', action }), 'interactive.type');
  });
});

describe('ok location', () => {
  it('has all four fields, and coordinates on earth', () => {
    for (const field of ['latitude', 'longitude', 'name', 'address'] as const) {
      assert.equal(read({ location: { ...location, [field]: undefined } }), `location.${field}`);
    }
    assert.equal(read({ location: { ...location, latitude: '91' } }), 'location.latitude');
    assert.equal(read({ location: { ...location, longitude: 'west' } }), 'location.longitude');
    assert.equal(read({ location: { ...location, latitude: 37.5 } }), 'ok location');
  });
});
