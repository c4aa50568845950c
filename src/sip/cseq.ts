import { isToken, MAX_UINT32, parseDecimal } from './scan.ts';

/** The `CSeq` header (RFC 3261 §20.16). */
export interface CSeq {
  /** 0 to 2^32-1; requests of ours stay below 2^31 (§8.1.1.5). */
  readonly sequence: number;
  readonly method: string;
}

/** Undefined if malformed or above 2^32-1. */
export function parseCSeq(value: string): CSeq | undefined {
  const match = /^([0-9]+)[ \t]+([^ \t]+)$/.exec(value);
  const sequence = parseDecimal(match?.[1] ?? '', MAX_UINT32);
  const method = match?.[2] ?? '';
  return sequence === undefined || !isToken(method) ? undefined : { sequence, method };
}

export const formatCSeq = ({ sequence, method }: CSeq): string => `${sequence} ${method}`;
