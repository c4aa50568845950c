/** The sixteen signals of DTMF in the order of their event codes (RFC 4733 §3.2): code 10 is `*`, 11 is `#`. */
export const DTMF_DIGITS = '0123456789*#ABCD';

/** Frequencies in Hz (ITU-T Q.23): a digit is one of the rows and one of the columns. */
export const DTMF_ROWS: readonly number[] = [697, 770, 852, 941];
export const DTMF_COLUMNS: readonly number[] = [1209, 1336, 1477, 1633];

/** Digits by row and column: index is row * 4 + column. */
export const DTMF_KEYPAD = '123A456B789C*0#D';

/** Row and column frequency of a digit; undefined for any other character. */
export function dtmfFrequencies(digit: string): readonly [row: number, column: number] | undefined {
  const index = digit.length === 1 ? DTMF_KEYPAD.indexOf(digit) : -1;
  const row = DTMF_ROWS[index >> 2];
  const column = DTMF_COLUMNS[index & 3];
  return row === undefined || column === undefined ? undefined : [row, column];
}
