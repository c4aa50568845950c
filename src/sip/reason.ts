import { parseParameters } from './parameters.ts';
import { isToken, parseDecimal, trimBlanks } from './scan.ts';

/** One `Reason` value (RFC 3326): why a request is sent, `SIP;cause=200;text="Call completed elsewhere"`. */
export interface Reason {
  /** `SIP`, `Q.850`, ... as written. */
  readonly protocol: string;
  readonly cause?: number;
  readonly text?: string;
}

/** SIP statuses and Q.850 causes have three digits at most; this leaves room for protocols to come. */
const MAX_CAUSE = 999_999;

/** Reads one value; undefined if malformed. */
export function parseReason(value: string): Reason | undefined {
  const semicolon = value.indexOf(';');
  const protocol = trimBlanks(semicolon === -1 ? value : value.slice(0, semicolon));
  const parameters = parseParameters(semicolon === -1 ? '' : value.slice(semicolon));
  if (!isToken(protocol) || !parameters) return undefined;
  const cause = parseDecimal(parameters.get('cause') ?? '', MAX_CAUSE);
  const text = parameters.get('text');
  return { protocol, ...(cause === undefined ? {} : { cause }), ...(text === undefined ? {} : { text }) };
}
