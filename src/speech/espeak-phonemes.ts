/**
 * Pronunciations in IPA or X-SAMPA as the phoneme names of espeak-ng, which reads nothing else. A language of espeak-ng has its own
 * set of phonemes; names that it does not know are not heard.
 */

const consonants: Readonly<Record<string, string>> = {
  p: 'p',
  b: 'b',
  t: 't',
  d: 'd',
  ʈ: 't',
  ɖ: 'd',
  k: 'k',
  c: 'k',
  g: 'g',
  ɡ: 'g',
  ɢ: 'g',
  q: 'q',
  ʔ: '?',
  f: 'f',
  v: 'v',
  ʋ: 'v',
  ɸ: 'f',
  β: 'B',
  θ: 'T',
  ð: 'D',
  s: 's',
  z: 'z',
  ʃ: 'S',
  ʒ: 'Z',
  ɕ: 'S',
  ʑ: 'Z',
  ʂ: 's;',
  ʐ: 'Z',
  ç: 'C',
  x: 'x',
  ɣ: 'Q',
  χ: 'X',
  ħ: 'h',
  h: 'h',
  ɦ: 'h',
  m: 'm',
  ɱ: 'm',
  n: 'n',
  ɳ: 'n',
  ɲ: 'n^',
  ŋ: 'N',
  l: 'l',
  ɭ: 'l',
  ɬ: 'l',
  ɫ: 'L',
  ʎ: 'l^',
  ɹ: 'r',
  ɻ: 'r',
  ʁ: 'r',
  ʀ: 'r',
  r: 'R',
  ɾ: '*',
  ɽ: '*',
  ɟ: 'J',
  ʝ: 'j',
  j: 'j',
  ɥ: 'w',
  w: 'w',
  ʍ: 'w',
};

const vowels: Readonly<Record<string, string>> = {
  i: 'i',
  ɪ: 'I',
  y: 'y',
  ʏ: 'y',
  ɨ: 'i"',
  ʉ: 'u"',
  ɯ: 'u',
  u: 'u',
  ʊ: 'u',
  e: 'e',
  ø: 'Y',
  ɤ: '@',
  o: 'o',
  ɵ: '@',
  ə: '@',
  ɚ: '@r',
  ɛ: 'E',
  œ: 'W',
  ɜ: '@',
  ɝ: '@r',
  ʌ: 'a',
  ɔ: 'O',
  æ: 'a',
  ɐ: 'a',
  a: 'a',
  ɶ: 'a',
  ɑ: 'a',
  ɒ: 'O',
};

/** Where a language has a phoneme of its own for a vowel, or needs the nearest one. */
const vowelsOf: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  en: { ʊ: 'U', ʌ: 'V', ɑ: 'A:', ɒ: '0', ɜ: '3:', ɝ: '3:', ɚ: '3', y: 'u:', ʏ: 'u:', ø: '3:', œ: '3:' },
  de: { ʊ: 'U', ɑ: 'A:', ø: 'Y:', ɜ: '3', ɚ: '3' },
};

const marks: Readonly<Record<string, string>> = { ˈ: "'", "'": "'", ˌ: ',' };

const LONG = /^[ːˑ:]$/;
const NASAL = '\u0303';

/** Empty when nothing of it can be said. `language` as in voices.ts. */
export function espeakPhonemes(alphabet: string, ph: string, language: string): string {
  const ipa = (alphabet === 'x-sampa' ? ipaOfXSampa(ph) : ph).normalize('NFD').replaceAll('c\u0327', 'ç');
  const main = language.split('-')[0] ?? '';
  const own = vowelsOf[main] ?? {};
  const english = main === 'en' ? { r: 'r' } : {};
  const table = new Map(Object.entries({ ...consonants, ...english, ...vowels, ...own, ...marks }));
  let spoken = '';
  let sounds = false;
  for (const symbol of ipa) {
    if (LONG.test(symbol)) {
      if (/[A-Za-z@0-9"]$/.test(spoken)) spoken += ':';
    } else if (symbol === NASAL) {
      spoken = `${spoken.replace(/:$/, '').replace(/a$/, 'A')}~`;
    } else {
      const name = table.get(symbol);
      if (name === undefined) continue;
      spoken += name;
      sounds ||= !Object.hasOwn(marks, symbol);
    }
  }
  return sounds ? spoken : '';
}

/** Two characters first: `r\` is not `r`. */
const xSampa: Readonly<Record<string, string>> = {
  'r\\`': 'ɻ',
  'r\\': 'ɹ',
  'R\\': 'ʀ',
  'p\\': 'ɸ',
  'j\\': 'ʝ',
  's\\': 'ɕ',
  'z\\': 'ʑ',
  'h\\': 'ɦ',
  'X\\': 'ħ',
  'G\\': 'ɢ',
  'J\\': 'ɟ',
  's`': 'ʂ',
  'z`': 'ʐ',
  't`': 'ʈ',
  'd`': 'ɖ',
  'n`': 'ɳ',
  'l`': 'ɭ',
  'r`': 'ɽ',
  '@`': 'ɚ',
  '3`': 'ɝ',
  A: 'ɑ',
  B: 'β',
  C: 'ç',
  D: 'ð',
  E: 'ɛ',
  F: 'ɱ',
  G: 'ɣ',
  H: 'ɥ',
  I: 'ɪ',
  J: 'ɲ',
  K: 'ɬ',
  L: 'ʎ',
  M: 'ɯ',
  N: 'ŋ',
  O: 'ɔ',
  P: 'ʋ',
  Q: 'ɒ',
  R: 'ʁ',
  S: 'ʃ',
  T: 'θ',
  U: 'ʊ',
  V: 'ʌ',
  W: 'ʍ',
  X: 'χ',
  Y: 'ʏ',
  Z: 'ʒ',
  '@': 'ə',
  '{': 'æ',
  '}': 'ʉ',
  '1': 'ɨ',
  '2': 'ø',
  '3': 'ɜ',
  '4': 'ɾ',
  '5': 'ɫ',
  '6': 'ɐ',
  '7': 'ɤ',
  '8': 'ɵ',
  '9': 'œ',
  '&': 'ɶ',
  '?': 'ʔ',
  '"': 'ˈ',
  '%': 'ˌ',
  ':': 'ː',
  '~': NASAL,
};

const ipaOfXSampa = (ph: string) => ph.replaceAll(/r\\`|.\\|.`|[^\\`]/gsu, (symbol) => xSampa[symbol] ?? symbol);
