import type { InterpretAs } from './ssml.ts';

/**
 * `say-as` for engines that know little or nothing of it: the text is rewritten so that an ordinary voice reads it as meant.
 * Names of months and units come from the Unicode CLDR tables of the runtime, in every language.
 */

export type SpokenForm =
  | { readonly kind: 'text'; readonly text: string }
  /** To be spelt, character by character. */
  | { readonly kind: 'letters'; readonly text: string }
  /** Not to be heard: a tone covers it. */
  | { readonly kind: 'bleep'; readonly characters: number };

export function sayAs(interpretAs: InterpretAs, text: string, format: string | undefined, language: string): SpokenForm {
  const locale = localeOf(language);
  switch (interpretAs) {
    case 'characters':
    case 'spell-out':
      return { kind: 'letters', text };
    case 'expletive':
      return { kind: 'bleep', characters: [...text].length };
    case 'digits':
      return { kind: 'text', text: spaceDigits(text) };
    case 'telephone':
      return { kind: 'text', text: telephone(text) };
    case 'cardinal':
    case 'number':
      return { kind: 'text', text: cardinal(text) };
    case 'ordinal':
      return { kind: 'text', text: ordinal(text, locale) };
    case 'fraction':
      return { kind: 'text', text: fraction(text, locale) };
    case 'unit':
      return { kind: 'text', text: measure(text, locale) };
    case 'date':
      return { kind: 'text', text: date(text, format, locale) };
    case 'time':
      return { kind: 'text', text: time(text, locale) };
    case 'address':
      return { kind: 'text', text: address(text, locale) };
  }
}

/** The language as the runtime's tables know it, with digits that every voice can read. */
function localeOf(language: string): Intl.Locale {
  try {
    return new Intl.Locale(language, { numberingSystem: 'latn' });
  } catch {
    return new Intl.Locale(language.split('-').slice(0, 2).join('-'), { numberingSystem: 'latn' }); // en-GB-WLS is no BCP 47 tag
  }
}

const spaceDigits = (text: string) => text.replaceAll(/\d/g, ' $& ').replaceAll(/\s+/g, ' ').trim();

/** Digits one by one, groups apart: as written, else three, three and the rest. */
function telephone(text: string): string {
  const groups = text.match(/\d+|[+*#]|[A-Za-z]+/g) ?? [];
  const spoken: string[] = [];
  for (const group of groups) {
    const parts = /^\d{7,}$/.test(group) ? [group.slice(0, -7), group.slice(-7, -4), group.slice(-4)] : [group];
    for (const part of parts.filter((digits) => digits !== '')) spoken.push(/^\d+$/.test(part) ? [...part].join(' ') : part);
  }
  return spoken.join(', ').replaceAll('+, ', '+ ');
}

/** Without separators of thousands, which voices of another language take for a decimal sign. */
function cardinal(text: string): string {
  return text.replaceAll(/\d{1,3}(?:([,.'’\u00a0\u202f ])\d{3})(?:\1\d{3})*(?![\d,.])/g, (number) =>
    number.replaceAll(/\D/g, ''),
  );
}

const englishSuffixes: Readonly<Record<string, string>> = { one: 'st', two: 'nd', few: 'rd', other: 'th' };

function ordinal(text: string, { language }: Intl.Locale): string {
  const digits = /^\D*(\d{1,9})(?:\.|st|nd|rd|th)?$/i.exec(text.trim())?.[1];
  if (digits === undefined) return text;
  const number = Number(digits);
  switch (language) {
    case 'en':
      return `${number}${englishSuffixes[new Intl.PluralRules('en', { type: 'ordinal' }).select(number)]}`;
    case 'fr':
      return number === 1 ? '1er' : `${number}ème`;
    case 'es':
    case 'it':
    case 'pt':
      return `${number}º`;
    case 'sv':
      return number % 10 < 3 && number % 10 > 0 && ![11, 12].includes(number % 100) ? `${number}:a` : `${number}:e`;
    case 'nl':
      return `${number}de`;
    case 'zh':
    case 'cmn':
    case 'ja':
      return `第${number}`;
    case 'ko':
      return `제${number}`;
    case 'ro':
      return number === 1 ? 'primul' : `al ${number}-lea`;
    default:
      return `${number}.`;
  }
}

/** What stands between the two numbers of a fraction. */
const overWords: Readonly<Record<string, string>> = {
  ar: 'على',
  cy: 'dros',
  da: 'over',
  de: 'durch',
  es: 'partido por',
  fr: 'sur',
  hi: 'बटा',
  is: 'yfir',
  it: 'su',
  nb: 'over',
  nl: 'gedeeld door',
  pl: 'przez',
  pt: 'sobre',
  ro: 'supra',
  ru: 'на',
  sv: 'genom',
  tr: 'bölü',
};
/** Languages that say the denominator first. */
const partOfWords: Readonly<Record<string, string>> = { cmn: '分之', zh: '分之', ja: '分の', ko: '분의' };

function fraction(text: string, locale: Intl.Locale): string {
  const [, whole, top, bottom] = /^(?:(\d{1,9})[\s+]+)?(\d{1,9})\s*[/⁄]\s*(\d{1,9})$/.exec(text.trim()) ?? [];
  if (top === undefined || bottom === undefined) return text;
  const spoken = fractionWords(Number(top), Number(bottom), locale);
  if (whole === undefined) return spoken;
  return locale.language === 'en' ? `${whole} and ${spoken}` : `${whole}, ${spoken}`;
}

function fractionWords(top: number, bottom: number, locale: Intl.Locale): string {
  const { language } = locale;
  const partOf = partOfWords[language];
  if (partOf !== undefined) return `${bottom}${partOf}${top}`;
  if (language !== 'en') return `${top} ${overWords[language] ?? '/'} ${bottom}`;
  if (bottom === 1 || bottom > 100) return `${top} over ${bottom}`;
  const plural = top === 1 ? '' : 's';
  if (bottom === 2) return top === 1 ? 'one half' : `${top} halves`;
  if (bottom === 4) return `${top} quarter${plural}`;
  return bottom === 3 ? `${top} third${plural}` : `${top} ${ordinal(String(bottom), locale)}${plural}`;
}

/** What is written after a number, and the unit's name in CLDR (ECMA-402 §6.6). */
const units: Readonly<Record<string, string>> = {
  '%': 'percent',
  '°': 'degree',
  '°C': 'celsius',
  '°F': 'fahrenheit',
  b: 'bit',
  cm: 'centimeter',
  d: 'day',
  fl_oz: 'fluid-ounce',
  ft: 'foot',
  g: 'gram',
  gal: 'gallon',
  GB: 'gigabyte',
  h: 'hour',
  in: 'inch',
  kB: 'kilobyte',
  kg: 'kilogram',
  km: 'kilometer',
  'km/h': 'kilometer-per-hour',
  kph: 'kilometer-per-hour',
  l: 'liter',
  L: 'liter',
  lb: 'pound',
  lbs: 'pound',
  m: 'meter',
  'm/s': 'meter-per-second',
  MB: 'megabyte',
  mi: 'mile',
  min: 'minute',
  ml: 'milliliter',
  mL: 'milliliter',
  mm: 'millimeter',
  mph: 'mile-per-hour',
  ms: 'millisecond',
  oz: 'ounce',
  s: 'second',
  sec: 'second',
  st: 'stone',
  TB: 'terabyte',
  yd: 'yard',
};

function measure(text: string, locale: Intl.Locale): string {
  const [, number, written] = /^([+-]?\d{1,12}(?:[.,]\d{1,6})?)\s*(\D{1,5})$/.exec(text.trim()) ?? [];
  const unit = written !== undefined && Object.hasOwn(units, written) ? units[written] : undefined;
  if (number === undefined || unit === undefined) return text;
  return inUnit(Number(number.replace(',', '.')), unit, locale);
}

const inUnit = (amount: number, unit: string, locale: Intl.Locale) =>
  new Intl.NumberFormat(locale, {
    style: 'unit',
    unit,
    unitDisplay: 'long',
    useGrouping: false,
    maximumFractionDigits: 6,
  }).format(amount);

/** Minutes and seconds as in 1'21"; clock times are read by every voice as they stand. */
function time(text: string, locale: Intl.Locale): string {
  const [, minutes, seconds] = /^(\d{1,3})['′](?:\s*(\d{1,2})["″])?$/.exec(text.trim()) ?? [];
  if (minutes === undefined) return text;
  const parts = [inUnit(Number(minutes), 'minute', locale)];
  if (seconds !== undefined) parts.push(inUnit(Number(seconds), 'second', locale));
  return parts.join(' ');
}

const DATE_FORMATS = ['mdy', 'dmy', 'ymd', 'md', 'dm', 'ym', 'my', 'y', 'm', 'd', 'yyyymmdd'];
/** A year of two digits is one of these hundred. */
const CENTURY_FROM = 1950;

function date(text: string, format: string | undefined, locale: Intl.Locale): string {
  const written = text.trim();
  const parts = /^[\d?]{8}$/.test(written)
    ? [written.slice(0, 4), written.slice(4, 6), written.slice(6)]
    : written.replace(/\.$/, '').split(/[-./\s]+/);
  if (!parts.every((part) => /^[\d?]{1,4}$/.test(part))) return text;
  const order = orderOf(format, parts, locale);
  if (parts.length > order.length) return text;
  const at = (letter: string) => {
    const value = parts[order.indexOf(letter)];
    return order.includes(letter) && value !== undefined && !value.includes('?') ? Number(value) : undefined;
  };
  const month = at('m');
  const day = at('d');
  const year = fullYear(at('y'));
  if (month === undefined) return day === undefined && year !== undefined ? String(year) : text;
  const moment = new Date(Date.UTC(year ?? 2024, month - 1, day ?? 1)); // a leap year where there is none: 29 February exists
  if (moment.getUTCMonth() !== month - 1) return text;
  return new Intl.DateTimeFormat(locale, {
    month: 'long',
    ...(day !== undefined && { day: 'numeric' }),
    ...(year !== undefined && { year: 'numeric' }),
    timeZone: 'UTC',
  }).format(moment);
}

function orderOf(format: string | undefined, parts: readonly string[], { language, region }: Intl.Locale): string {
  if (format === 'yyyymmdd' || (parts.length === 3 && parts[0]?.length === 4)) return 'ymd';
  if (format !== undefined && DATE_FORMATS.includes(format)) return format;
  return language === 'en' && region === 'US' ? 'mdy' : 'dmy';
}

function fullYear(year: number | undefined): number | undefined {
  if (year === undefined || year >= 100) return year;
  const inCentury = CENTURY_FROM - (CENTURY_FROM % 100) + year;
  return inCentury < CENTURY_FROM ? inCentury + 100 : inCentury;
}

const englishAddressWords: Readonly<Record<string, string>> = {
  apt: 'apartment',
  ave: 'avenue',
  blvd: 'boulevard',
  ct: 'court',
  dr: 'drive',
  fl: 'floor',
  hwy: 'highway',
  ln: 'lane',
  pkwy: 'parkway',
  pl: 'place',
  rd: 'road',
  sq: 'square',
  st: 'street',
  ste: 'suite',
};

/** Abbreviations in full. */
function address(text: string, { language }: Intl.Locale): string {
  if (language !== 'en') return text;
  return text.replaceAll(/\b([A-Za-z]{2,4})\b\.?/g, (whole, word: string) => englishAddressWords[word.toLowerCase()] ?? whole);
}
