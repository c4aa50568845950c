import { parseUri } from '../../sip/uri.ts';

/** Whom a call is passed on to. */
export type TransferTarget =
  /** Digits, with or without `+`. */
  | { readonly kind: 'number'; readonly digits: string }
  | { readonly kind: 'endpoint'; readonly username: string }
  /** Somebody whose address is neither: never called, or anybody could have this server call anywhere. */
  | { readonly kind: 'foreign' };

const NUMBER = /^\+?\d{3,15}$/;

/**
 * Reads a Refer-To. Of its URI only the user counts: what is called is found by the account's own routes and registrations, never at
 * the host, port and parameters that the far end names. A number is taken at hosts of this installation (`home`), at the far end's own
 * (`peerHost`), and anywhere when it says that it is a global one: `tel:`, `+`, `user=phone` (RFC 3261 §19.1.6).
 */
export function readTransferTarget(uri: string, home: ReadonlySet<string>, peerHost: string): TransferTarget {
  const parsed = parseUri(uri);
  if (parsed === undefined) return { kind: 'foreign' };
  if (parsed.scheme === 'tel') return numberOf(parsed.number);
  const { user = '', host, port, parameters } = parsed;
  const lower = host.toLowerCase();
  const isHome = home.has(port === undefined ? lower : `${lower}:${port}`);
  const number = numberOf(user.split(';')[0] ?? '');
  if (number.kind === 'number') {
    const isGlobal = number.digits.startsWith('+') || parameters.get('user')?.toLowerCase() === 'phone';
    return isHome || isGlobal || lower === peerHost.toLowerCase() ? number : { kind: 'foreign' };
  }
  return isHome && user !== '' ? { kind: 'endpoint', username: user } : { kind: 'foreign' };
}

function numberOf(text: string): TransferTarget {
  const digits = text.replace(/[-.() ]/g, '');
  return NUMBER.test(digits) ? { kind: 'number', digits } : { kind: 'foreign' };
}
