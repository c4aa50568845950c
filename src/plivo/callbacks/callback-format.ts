/** How values are written in callbacks, the same for every kind (messaging.md §10, §11, §18). */

/** `YYYY-MM-DD HH:MM:SS.ffffff` in UTC, from milliseconds since the epoch; fractions of a millisecond are kept to the microsecond. */
export function callbackTime(ms: number): string {
  const total = Math.round(ms * 1000); // rounded, because 118.23 ms is 118229.999... µs in floating point
  const whole = Math.floor(total / 1000);
  const micros = total - whole * 1000;
  return `${new Date(whole).toISOString().slice(0, 23).replace('T', ' ')}${String(micros).padStart(3, '0')}`;
}

/** Digits without the plus sign; short codes and alphanumeric senders stay as they are. */
export function callbackNumber(number: string): string {
  return number.startsWith('+') ? number.slice(1) : number;
}

/** Hides the last three digits of a number whose owner asked for it. */
export function redactedNumber(number: string): string {
  return `${callbackNumber(number).slice(0, -3)}***`;
}
