/** Amounts are integers of micro-units of currency (1 USD = 1,000,000): sums are exact, and a double holds 9 billion USD of them. */
const MICROS_PER_UNIT = 1_000_000;

/** Five decimals as the API shows amounts, rounded half away from zero: 5500 -> "0.00550". */
export function formatMicros(micros: number): string {
  const hundredThousandths = Math.round(Math.abs(micros) / 10);
  const sign = micros < 0 && hundredThousandths > 0 ? '-' : '';
  const whole = Math.floor(hundredThousandths / 100_000);
  return `${sign}${whole}.${String(hundredThousandths % 100_000).padStart(5, '0')}`;
}

/** Reads a decimal amount such as "0.0055" exactly; undefined when it is not one or has more than six decimals. */
export function parseMicros(text: string): number | undefined {
  const match = /^(-?)(\d{1,9})(?:\.(\d{1,6}))?$/.exec(text.trim());
  if (!match) return undefined;
  const micros = Number(match[2]) * MICROS_PER_UNIT + Number((match[3] ?? '').padEnd(6, '0'));
  return match[1] === '-' ? -micros : micros;
}
