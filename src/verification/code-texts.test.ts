import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { messageText, spokenText } from './code-texts.ts';

const given = { locale: 'en_US', code: '123456', brandName: 'Acme', expiryS: 600 };
const sms = { ...given, template: null, appHash: null };

describe('texts of codes', () => {
  it('are in the language of the locale, English where it is not known', () => {
    assert.equal(messageText(sms), 'Your Acme verification code is 123456. It is valid for 10 minutes.');
    assert.match(messageText({ ...sms, locale: 'fr_FR' }), /^Votre code de vérification Acme est 123456\./);
    assert.match(messageText({ ...sms, locale: 'es' }), /^Su código/);
    for (const locale of ['xx', 'constructor', '__proto__']) assert.match(messageText({ ...sms, locale }), /^Your Acme/);
  });

  it("follow the application's template, and leave what is no placeholder of it alone", () => {
    const template = ['$', '{brand_name}: $', '{code} ($', '{other})'].join('');
    assert.equal(messageText({ ...sms, template }), ['Acme: 123456 ($', '{other})'].join(''));
  });

  it('put nothing in the place of a brand that has no name', () => {
    assert.match(messageText({ ...sms, brandName: '' }), /^Your verification code is 123456\./);
  });

  it('end with the hash by which Android hands them to an application', () => {
    assert.match(messageText({ ...sms, appHash: 'FA+9qCX9VSu' }), /^<#> Your .*\nFA\+9qCX9VSu$/);
  });

  it('are spoken digit by digit', () => {
    const spoken = spokenText({ ...given, locale: 'de_DE' }, '1');
    assert.deepEqual(spoken, {
      language: 'de-DE',
      text: 'Ihr Bestätigungscode für Acme lautet: 1, 2, 3, 4, 5, 6.',
      press: 'Um Ihren Code zu hören, drücken Sie 1.',
    });
  });
});
