import { fieldLimits } from './pdu-fields.ts';

/** An address as SMPP carries it: type of number, numbering plan, digits or letters (SMPP 3.4 §5.2.5-5.2.9). */
export interface SmppEndpoint {
  readonly ton: number;
  readonly npi: number;
  readonly address: string;
}

export const Ton = { unknown: 0, international: 1, national: 2, networkSpecific: 3, subscriber: 4, alphanumeric: 5 } as const;
export const Npi = { unknown: 0, isdn: 1 } as const;

/** Short codes have up to 6 digits; the shortest international numbers have 7. */
const LONGEST_SHORT_CODE = 6;

const DIGITS = /^\d+$/;

/**
 * TON and NPI as carriers customarily expect them: letters 5/0, short codes 3/0, everything else international ISDN 1/1. Given
 * values win. Undefined when SMPP has no way to write the address.
 */
export function endpointOf(address: string, ton: number | undefined, npi: number | undefined): SmppEndpoint | undefined {
  const bare = address.startsWith('+') ? address.slice(1) : address;
  if (bare.length > fieldLimits.address || !isCOctetText(bare)) return undefined;
  if (!DIGITS.test(bare)) return { ton: ton ?? Ton.alphanumeric, npi: npi ?? Npi.unknown, address: bare };
  if (bare.length <= LONGEST_SHORT_CODE) return { ton: ton ?? Ton.networkSpecific, npi: npi ?? Npi.unknown, address: bare };
  return { ton: ton ?? Ton.international, npi: npi ?? Npi.isdn, address: bare };
}

/** NUL would end the field, and above 0xFF there is no octet. */
function isCOctetText(text: string): boolean {
  for (let index = 0; index < text.length; index++) {
    const unit = text.charCodeAt(index);
    if (unit === 0 || unit > 0xff) return false;
  }
  return true;
}
