/**
 * Smart encoding, an account setting that is off by default (messaging.md §14): characters that look like one of the GSM alphabet are
 * swapped for it before segmentation, so that one curly quote does not turn 160 characters a segment into 70. Emoji and letters of
 * other scripts are never swapped. A text that holds one of those goes out as UCS-2 whatever else is swapped in it, so it is left
 * exactly as written: full-width commas belong into a Chinese sentence.
 */
import { gsm7Length, septetsOfUnit } from '../../carriers/text/gsm7.ts';

/** Replacement and the characters it stands in for. Only marks a reader would not tell apart, never letters of another alphabet. */
const lookAlikes: readonly (readonly [replacement: string, characters: string])[] = [
  ['"', '“”„‟«»″‶〝〞＂❝❞ʺˮ'],
  ["'", '‘’‚‛′‵´`ʹʻʼʽˈˊˋ＇❛❜'],
  ['-', '‐‑‒–—―−﹘﹣－⁃•'],
  ['...', '…'],
  ['..', '‥'],
  ['/', '⁄∕／'],
  ['\\', '＼﹨∖'],
  ['<', '‹＜﹤'],
  ['>', '›＞﹥'],
  ['*', '∗⁎＊﹡'],
  ['~', '∼˜～'],
  ['^', 'ˆ＾'],
  ['|', '∣｜'],
  ['_', '＿‗'],
  ['!', '！﹗'],
  ['!!', '‼'],
  ['?', '？﹖'],
  [':', '：﹕ː'],
  [';', '；﹔'],
  [',', '，﹐'],
  ['.', '．﹒'],
  ['(', '（﹙❨'],
  [')', '）﹚❩'],
  ['[', '［'],
  [']', '］'],
  ['{', '｛﹛❴'],
  ['}', '｝﹜❵'],
  ['+', '＋﹢'],
  ['=', '＝﹦'],
  ['#', '＃﹟'],
  ['$', '＄﹩'],
  ['%', '％﹪'],
  ['&', '＆﹠'],
  ['@', '＠﹫'],
  // Tab, no-break and typographic spaces, line and paragraph separators.
  [' ', '\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000'],
  ['\n', '\u0085\u2028\u2029'],
  // Invisible and without effect: soft hyphen, zero-width space, word joiner, byte order mark. The zero-width joiner and
  // non-joiner stay: emoji and several scripts change their shape by them.
  ['', '\u00ad\u200b\u2060\ufeff'],
  ...fullWidth('0', 10),
  ...fullWidth('A', 26),
  ...fullWidth('a', 26),
];

/** Full-width forms stand 0xFEE0 above their ASCII characters. */
function fullWidth(first: string, count: number): (readonly [string, string])[] {
  const start = first.charCodeAt(0);
  return Array.from({ length: count }, (_, index) => {
    const unit = start + index;
    return [String.fromCharCode(unit), String.fromCharCode(unit + 0xfee0)] as const;
  });
}

/** By UTF-16 code unit; all look-alikes are in the basic plane. */
export const smartReplacements: ReadonlyMap<number, string> = new Map(
  lookAlikes.flatMap(([replacement, characters]) =>
    Array.from(characters, (character) => [character.charCodeAt(0), replacement] as const),
  ),
);

/**
 * The text with look-alikes swapped if that makes all of it GSM, else the text as it is. Decomposed letters are composed first (NFC:
 * `e` + U+0301 is the GSM letter `é`), which no reader can see.
 */
export function replaceLookAlikes(text: string): string {
  if (gsm7Length(text) >= 0) return text;
  const composed = text.normalize('NFC');
  let result = '';
  let copied = 0;
  for (let index = 0; index < composed.length; index++) {
    const unit = composed.charCodeAt(index);
    if (septetsOfUnit(unit) > 0) continue;
    const replacement = smartReplacements.get(unit);
    if (replacement === undefined) return text;
    result += composed.slice(copied, index) + replacement;
    copied = index + 1;
  }
  return result + composed.slice(copied);
}
