/**
 * A regular expression for the whole numbers of a range written in decimal digits, with sign and leading zeros as they come: what
 * `minimum` and `maximum` are to a number, for the text of one.
 */
export function decimalPattern(minimum: number, maximum: number): string {
  const above = maximum >= 0 ? naturals(Math.max(0, minimum), maximum) : [];
  const below = minimum <= 0 ? naturals(Math.max(0, -maximum), -minimum) : [];
  const signed = [
    ...(above.length > 0 ? [`\\+?0*(${above.join('|')})`] : []),
    ...(below.length > 0 ? [`-0*(${below.join('|')})`] : []),
  ];
  return `^(${signed.join('|')})$`;
}

/** Alternatives that together are the natural numbers from `least` to `most`, without leading zeros. */
function naturals(least: number, most: number): string[] {
  const alternatives: string[] = [];
  for (let length = String(least).length; length <= String(most).length; length++) {
    const first = length === 1 ? 0 : 10 ** (length - 1);
    alternatives.push(...between(String(Math.max(least, first)), String(Math.min(most, 10 ** length - 1))));
  }
  return alternatives;
}

/** The same for two numbers of equal length. */
function between(least: string, most: string): string[] {
  const rest = least.length - 1;
  const [low, high] = [least.slice(0, 1), most.slice(0, 1)];
  if (rest === 0) return [digits(low, high)];
  if (low === high) return between(least.slice(1), most.slice(1)).map((tail) => low + tail);
  const isFromStart = /^0+$/.test(least.slice(1));
  const isToEnd = /^9+$/.test(most.slice(1));
  const [from, to] = [Number(low) + (isFromStart ? 0 : 1), Number(high) - (isToEnd ? 0 : 1)];
  return [
    ...(isFromStart ? [] : between(least.slice(1), '9'.repeat(rest)).map((tail) => low + tail)),
    ...(from <= to ? [`${digits(String(from), String(to))}${rest === 1 ? '[0-9]' : `[0-9]{${rest}}`}`] : []),
    ...(isToEnd ? [] : between('0'.repeat(rest), most.slice(1)).map((tail) => high + tail)),
  ];
}

const digits = (low: string, high: string): string => (low === high ? low : `[${low}-${high}]`);
