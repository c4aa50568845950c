/**
 * Amounts of money as whole micro-units of the account's currency: 1 USD = 1_000_000. Rates and amounts on the wire have five decimals
 * (messaging.md §3.1), one step of which is 10 micro-units, so every rate, sum and product with a whole number of units is exact.
 * A `number` holds them up to 9 billion USD.
 */
export type Micros = number;

const MICROS_PER_UNIT = 1_000_000;
/** Micro-units of the last of the five decimals on the wire. */
const WIRE_STEP = 10;

/** Reads `12`, `0.0055`, `-3.50000`. Undefined when it is no decimal number of at most five decimals, or too large to be exact. */
export function parseAmount(text: string): Micros | undefined {
  const match = /^(-?)([0-9]{1,10})(?:\.([0-9]{1,5}))?$/.exec(text);
  if (!match) return undefined;
  const [, sign, whole, fraction] = match;
  const micros = Number(whole) * MICROS_PER_UNIT + Number((fraction ?? '').padEnd(6, '0'));
  if (!Number.isSafeInteger(micros)) return undefined;
  return sign === '-' && micros !== 0 ? -micros : micros;
}

/** Five decimals: `0.00550`. Micro-units below the fifth decimal do not arise from parsed rates; they round half away from zero. */
export function formatAmount(micros: Micros): string {
  const steps = Math.round(Math.abs(micros) / WIRE_STEP);
  const whole = Math.floor(steps / 100_000);
  const fraction = String(steps % 100_000).padStart(5, '0');
  return `${micros < 0 && steps > 0 ? '-' : ''}${whole}.${fraction}`;
}

/** As a JSON number, where the API has one: 0.0055. */
export const unitsOf = (micros: Micros): number => Number(formatAmount(micros));
