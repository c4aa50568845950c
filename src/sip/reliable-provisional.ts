import { type CSeq, formatCSeq, parseCSeq } from './cseq.ts';
import { MAX_UINT32, parseDecimal } from './scan.ts';

/** `RAck` of a PRACK (RFC 3262 §7.2): which provisional response of which request it acknowledges. */
export interface RAck {
  readonly responseSequence: number;
  readonly cseq: CSeq;
}

/** Undefined if malformed. */
export function parseRAck(value: string): RAck | undefined {
  const match = /^([0-9]+)[ \t]+(.+)$/s.exec(value);
  const responseSequence = parseRSeq(match?.[1] ?? '');
  const cseq = parseCSeq(match?.[2]?.trimStart() ?? '');
  return responseSequence === undefined || !cseq ? undefined : { responseSequence, cseq };
}

export const formatRAck = ({ responseSequence, cseq }: RAck): string => `${responseSequence} ${formatCSeq(cseq)}`;

/** `RSeq` (RFC 3262 §7.1), 1 to 2^32-1; undefined if malformed. */
export function parseRSeq(value: string): number | undefined {
  const sequence = parseDecimal(value, MAX_UINT32);
  return sequence === 0 ? undefined : sequence;
}
