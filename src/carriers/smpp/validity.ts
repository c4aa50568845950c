const SECOND = 1000;
const DAYS_A_MONTH = 30;
/** What two digits of years can say is beyond every SMSC; a month is longer than any keeps a message. */
const LONGEST_MS = 30 * 86_400 * SECOND;

/** Relative validity period `YYMMDDhhmmss000R` (SMPP 3.4 §7.1.1.2), rounded up to a second, at most 30 days. */
export function relativeValidity(ms: number): string {
  const seconds = Math.max(1, Math.ceil(Math.min(ms, LONGEST_MS) / SECOND));
  const days = Math.floor(seconds / 86_400);
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `00${two(Math.floor(days / DAYS_A_MONTH))}${two(days % DAYS_A_MONTH)}`;
  return `${date}${two(Math.floor(seconds / 3600) % 24)}${two(Math.floor(seconds / 60) % 60)}${two(seconds % 60)}000R`;
}
