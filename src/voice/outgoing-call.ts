import type { CallIdentity, CallOptions } from './call.ts';
import type { CallOrigin } from './call-records.ts';
import type { OutboundLegRequest } from './leg-maker.ts';

/** Facts that only the INVITE of an inbound call tells. */
type InviteFacts = 'direction' | 'sipTo' | 'sipAuth' | 'forwardedFrom' | 'stirVerification' | 'stirAttestation';

/** How a call begins that is dialled, whoever asks for it: nobody's INVITE has told anything, and no trunk has it yet. */
export function outgoingCall(
  identity: Omit<CallIdentity, InviteFacts>,
  origin: Pick<CallOrigin, 'rate'> & Partial<Pick<CallOrigin, 'hangup' | 'requesterIp'>>,
): Pick<CallOptions, 'identity' | 'origin'> {
  return {
    identity: {
      ...identity,
      direction: 'outbound',
      sipTo: undefined,
      sipAuth: undefined,
      forwardedFrom: undefined,
      stirVerification: 'Not Applicable',
      stirAttestation: '',
    },
    origin: {
      hangup: undefined,
      requesterIp: undefined,
      ...origin,
      applicationId: undefined,
      carrier: undefined,
      endpointId: undefined,
    },
  };
}

/** The leg of such a call. */
export const legRequest = (
  { callId, accountId, to, from, callerName, customHeaders }: CallIdentity,
  credentials?: OutboundLegRequest['credentials'],
  more: Pick<OutboundLegRequest, 'referredBy' | 'isSecure'> = {},
): OutboundLegRequest => ({ callId, accountId, to, from, callerName, headers: customHeaders, credentials, ...more });

/** Headers that an application gives, by their names on the wire (voice-xml.md §9). */
export const customHeaders = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).map(([name, value]) => [`X-PH-${name}`, value]));
