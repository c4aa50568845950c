/** What the recipient of a code reads and hears, by language. */
interface CodeTexts {
  /** Language of the voice. */
  readonly voice: string;
  readonly sms: string;
  readonly spoken: string;
  /** Before the code, where a key has to be pressed for it. */
  readonly press: string;
}

/** By the first part of the locale; others are English. Placeholders as in templates, which have a `$` before them. */
const texts: Readonly<Record<string, CodeTexts>> = {
  en: {
    voice: 'en-US',
    sms: 'Your {brand_name} verification code is {code}. It is valid for {expiry_time} minutes.',
    spoken: 'Your {brand_name} verification code is: {code}.',
    press: 'To hear your code, press {key}.',
  },
  es: {
    voice: 'es-ES',
    sms: 'Su código de verificación de {brand_name} es {code}. Es válido durante {expiry_time} minutos.',
    spoken: 'Su código de verificación de {brand_name} es: {code}.',
    press: 'Para escuchar su código, pulse {key}.',
  },
  fr: {
    voice: 'fr-FR',
    sms: 'Votre code de vérification {brand_name} est {code}. Il est valable {expiry_time} minutes.',
    spoken: 'Votre code de vérification {brand_name} est : {code}.',
    press: 'Pour entendre votre code, appuyez sur {key}.',
  },
  de: {
    voice: 'de-DE',
    sms: 'Ihr Bestätigungscode für {brand_name} lautet {code}. Er gilt {expiry_time} Minuten.',
    spoken: 'Ihr Bestätigungscode für {brand_name} lautet: {code}.',
    press: 'Um Ihren Code zu hören, drücken Sie {key}.',
  },
  it: {
    voice: 'it-IT',
    sms: 'Il tuo codice di verifica {brand_name} è {code}. È valido per {expiry_time} minuti.',
    spoken: 'Il tuo codice di verifica {brand_name} è: {code}.',
    press: 'Per ascoltare il codice, premi {key}.',
  },
  pt: {
    voice: 'pt-BR',
    sms: 'Seu código de verificação {brand_name} é {code}. Ele é válido por {expiry_time} minutos.',
    spoken: 'Seu código de verificação {brand_name} é: {code}.',
    press: 'Para ouvir o seu código, pressione {key}.',
  },
};
const FALLBACK = 'en';
const MINUTE_S = 60;

export interface CodeText {
  readonly locale: string;
  readonly code: string;
  /** May be empty. */
  readonly brandName: string;
  readonly expiryS: number;
}

/** Text of the message. `template`: the application's own, in place of the locale's. */
export function messageText(given: CodeText & { readonly template: string | null; readonly appHash: string | null }): string {
  const text = filled(given.template ?? textsOf(given.locale).sms, given, given.code);
  // The form in which Android hands a message to the application whose hash it ends with.
  return given.appHash === null ? text : `<#> ${text}\n${given.appHash}`;
}

export interface SpokenText {
  readonly language: string;
  readonly text: string;
  readonly press: string;
}

/** The digits apart from each other, so that they are heard one by one. `key`: to be pressed before. */
export function spokenText(given: CodeText, key: string): SpokenText {
  const { voice, spoken, press } = textsOf(given.locale);
  return { language: voice, text: filled(spoken, given, [...given.code].join(', ')), press: press.replaceAll('{key}', key) };
}

const textsOf = (locale: string): CodeTexts => {
  const language = locale.slice(0, 2).toLowerCase();
  const found = Object.hasOwn(texts, language) ? texts[language] : texts[FALLBACK];
  if (!found) throw new Error('the language that all others fall back to is missing');
  return found;
};

function filled(template: string, { brandName, expiryS }: CodeText, code: string): string {
  const values: Readonly<Record<string, string>> = {
    code,
    brand_name: brandName,
    expiry_time: String(Math.max(1, Math.round(expiryS / MINUTE_S))),
  };
  return template.replace(/\$?\{(code|brand_name|expiry_time)\}/g, (_, name: string) => values[name] ?? '').replaceAll('  ', ' ');
}
