import { type Contact, parseContact } from '../contact.ts';
import { parseCSeq } from '../cseq.ts';
import type { SipRequest } from '../message.ts';
import { parseDeltaSeconds } from '../session-timer.ts';
import type { Target } from '../transports/flow.ts';
import { equalUris, parseSipUri } from '../uri.ts';
import type { Binding } from './binding.ts';

/** Seconds. */
export interface RegistrationPolicy {
  /** Shorter ones get 423. */
  readonly least: number;
  /** Longer ones are cut to it. */
  readonly most: number;
  /** For a REGISTER that names none. */
  readonly usual: number;
  /** Contacts of one address of record; a new one takes the place of the one that expires first. */
  readonly contacts: number;
}

export type RegisterOutcome =
  | { readonly kind: 'done'; readonly bindings: readonly Binding[] }
  | { readonly kind: 'refused'; readonly status: 400 | 423 | 500; readonly reason?: string };

const refused = (status: 400 | 423 | 500, reason?: string): RegisterOutcome =>
  reason === undefined ? { kind: 'refused', status } : { kind: 'refused', status, reason };

/**
 * What a REGISTER makes of the bindings (RFC 3261 §10.3 steps 6-8): all of its Contacts or none. Pure.
 * @param now milliseconds since the epoch
 */
export function applyRegister(
  stored: readonly Binding[],
  request: SipRequest,
  place: Target,
  now: number,
  policy: RegistrationPolicy,
): RegisterOutcome {
  const { headers } = request;
  const callId = headers.get('Call-ID') ?? '';
  const sequence = parseCSeq(headers.get('CSeq') ?? '')?.sequence ?? 0;
  const live = stored.filter(({ expiresAt }) => expiresAt > now);
  const isOld = (binding: Binding) => binding.callId === callId && sequence <= binding.sequence;
  const contacts = headers.all('Contact').map(parseContact);
  const headerExpires = parseDeltaSeconds(headers.get('Expires') ?? '');
  if (contacts.includes('*')) {
    if (contacts.length > 1 || headerExpires !== 0) return refused(400, 'Contact * needs Expires 0');
    return live.some(isOld) ? refused(500, 'CSeq too low') : { kind: 'done', bindings: [] };
  }
  let bindings = live;
  for (const contact of contacts) {
    if (contact === undefined || contact === '*' || parseSipUri(contact.uri) === undefined)
      return refused(400, 'Malformed Contact');
    const known = bindings.find((binding) => equalUris(binding.contact, contact.uri));
    if (known !== undefined && isOld(known)) return refused(500, 'CSeq too low');
    const seconds = Math.min(contact.expires ?? headerExpires ?? policy.usual, policy.most);
    if (seconds > 0 && seconds < policy.least) return refused(423);
    bindings = bindings.filter((binding) => binding !== known);
    if (seconds === 0) continue;
    bindings = [...bindings, bindingOf(contact, request, place, { callId, sequence, expiresAt: now + seconds * 1000 })];
  }
  return { kind: 'done', bindings: withinLimit(bindings, policy.contacts) };
}

function bindingOf(
  { uri, q = 1 }: Contact,
  { headers }: SipRequest,
  place: Target,
  parts: Pick<Binding, 'callId' | 'sequence' | 'expiresAt'>,
): Binding {
  return { contact: uri, q, ...parts, path: headers.all('Path'), place, userAgent: headers.get('User-Agent') };
}

/** Phones that change their port leave their old Contacts behind: those go first. */
function withinLimit(bindings: readonly Binding[], most: number): readonly Binding[] {
  if (bindings.length <= most) return bindings;
  const kept = new Set([...bindings].sort((a, b) => b.expiresAt - a.expiresAt).slice(0, most));
  return bindings.filter((binding) => kept.has(binding));
}
