import type { Account } from '../accounts/account.ts';
import type { Application } from '../accounts/application.ts';
import type { CallOptions } from './call.ts';
import type { CnamLookup } from './call-facts.ts';
import type { CallRates } from './call-rates.ts';
import type { IncomingCall } from './leg-maker.ts';
import { NO_PROOF } from './sip/caller-proof.ts';

/** What a call reaches: an application, or a customer's trunk. */
interface Reached {
  readonly application?: Application | undefined;
  readonly trunkId?: string | undefined;
  readonly isSecure?: boolean | undefined;
  /** See `InboundTarget`. */
  readonly cnam?: string | undefined;
  readonly cnamLookup?: CnamLookup | undefined;
}

/** How a call begins that comes in: what its INVITE tells, in the name of the owner of whom it reaches. */
export function incomingIdentity(
  incoming: IncomingCall,
  callId: string,
  owner: Account,
  { application, trunkId, isSecure, cnam, cnamLookup }: Reached,
  rates: CallRates,
): Pick<CallOptions, 'identity' | 'origin'> {
  const { origin, proof = NO_PROOF } = incoming;
  const rate = rates('inbound', incoming.withheld ?? incoming.from);
  return {
    identity: {
      callId,
      ownerId: owner.authId,
      accountId: owner.parentId ?? owner.authId,
      direction: 'inbound',
      from: incoming.from,
      to: incoming.to,
      callerName: incoming.callerName,
      requestId: undefined,
      aLegId: undefined,
      aLegRequestId: undefined,
      parentCallId: undefined,
      customHeaders: incoming.headers,
      sipTo: incoming.sipTo,
      sipAuth: sipAuthOf(incoming),
      forwardedFrom: incoming.forwardedFrom,
      ...(cnam !== undefined && { cnam }),
      stirVerification: proof.verification,
      stirAttestation: proof.attestation,
    },
    origin: {
      // What a customer's telephone system dials is paid for as the leg that it leads to.
      rate: origin.kind === 'trunk' ? { ...rate, perMinute: 0 } : rate,
      applicationId: application?.appId ?? trunkId,
      ...(isSecure && { isSecure }),
      ...(cnamLookup && { cnamLookup }),
      hangup: application?.hangupUrl ? { url: application.hangupUrl, method: application.hangupMethod } : undefined,
      carrier: origin.kind === 'carrier' ? origin.carrier : undefined,
      endpointId: origin.kind === 'endpoint' ? origin.endpointId : undefined,
      requesterIp: incoming.sourceIp,
    },
  };
}

function sipAuthOf({ origin, sourceIp }: IncomingCall) {
  if (origin.kind === 'endpoint') return { type: origin.proof, user: origin.username, sourceIp };
  if (origin.kind === 'trunk') return { type: 'trunk', user: origin.login, sourceIp };
  return origin.kind === 'bearer' ? { type: 'jwt', user: origin.username, sourceIp } : undefined;
}
