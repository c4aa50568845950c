import type { IncomingInvite } from '../../sip/calls/incoming-invite.ts';
import type { Ha1 } from '../../sip/digest.ts';
import type { DigestVerifier } from '../../sip/digest-verifier.ts';
import type { CallProgram } from '../call-program.ts';
import type { FailedLogins } from './failed-logins.ts';

/** A trunk over which a customer's telephone system calls. */
export interface CallingTrunk {
  readonly trunkId: string;
  /** Whose calls they are. */
  readonly ownerId: string;
  /** They come over TLS and with SRTP, or not at all. */
  readonly isSecure: boolean;
  /** Whether a call may come from this address; undefined = from anywhere. */
  readonly isSource: ((address: string) => boolean) | undefined;
  /** What a call has to prove; undefined = nothing. One of the two is there. */
  readonly credential: { readonly username: string; readonly ha1: Ha1 } | undefined;
  /** What a call does: `from` and `to` as the INVITE has them, digits where they are numbers. */
  programFor(from: string, to: string): CallProgram;
}

/** Who has been let in. */
export interface TrunkCaller {
  readonly kind: 'trunk';
  readonly trunk: CallingTrunk;
  /** What it has proved, or the trunk's id where its address was enough. */
  readonly login: string;
}

/**
 * Judges a call that names a trunk by its domain: it must come from one of the trunk's addresses where it has any, and prove its
 * credentials where it has some. Undefined when the INVITE has been answered with a refusal or a challenge.
 */
export async function letInOverTrunk(
  invite: IncomingInvite,
  trunk: CallingTrunk,
  { verifier, failures }: { readonly verifier: DigestVerifier; readonly failures: FailedLogins },
): Promise<TrunkCaller | undefined> {
  const { request, source } = invite;
  const { credential } = trunk;
  if (failures.isLocked(source.address) || (trunk.isSource && !trunk.isSource(source.address))) {
    invite.reject(403);
    return undefined;
  }
  if (trunk.isSecure && source.transport !== 'tls') {
    invite.reject(403, { reason: 'TLS Required' });
    return undefined;
  }
  if (!credential) return { kind: 'trunk', trunk, login: trunk.trunkId };
  const credentials = [...request.headers.all('Authorization'), ...request.headers.all('Proxy-Authorization')];
  const { method, uri, body } = request;
  const lookup = (username: string) => (username === credential.username ? credential.ha1 : undefined);
  const verdict = await verifier.verify({ method, uri, body, credentials }, lookup);
  if (verdict.kind === 'ok') return { kind: 'trunk', trunk, login: credential.username };
  if (verdict.kind === 'absent' || verdict.kind === 'stale') {
    invite.challenge(verifier.challenge({ stale: verdict.kind === 'stale' }), 'proxy');
    return undefined;
  }
  failures.failed(source.address);
  invite.reject(verdict.kind === 'malformed' ? 400 : 403);
  return undefined;
}
