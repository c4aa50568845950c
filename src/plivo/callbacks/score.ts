const DECIMALS = 4;

/** A share from 0 to 1 as callbacks have it: `0.9241`, `1.0`. */
export function score(share: number): string {
  const text = String(Number(share.toFixed(DECIMALS)));
  return text.includes('.') ? text : `${text}.0`;
}
