import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { passwordMark } from '../../voice/digest-hashes.ts';
import type { Endpoint, EndpointStore } from '../../voice/endpoint-store.ts';
import { endpointAddress } from '../../voice/phone-domain.ts';
import type { Registration } from '../../voice/registrations.ts';
import { applicationUri } from '../applications/application-object.ts';
import { nullableString } from '../fields.ts';

/** An endpoint (voice-api.md §10). The last three keys are there only while a device is registered. */
export const endpointObject = {
  alias: Type.String(),
  application: nullableString(),
  endpoint_id: Type.String(),
  password: Type.String(),
  resource_uri: Type.String(),
  sip_registered: Type.Union([Type.Literal('true'), Type.Literal('false')]),
  sip_uri: Type.String(),
  sub_account: nullableString(),
  username: Type.String(),
  sip_contact: Type.Optional(Type.String()),
  sip_expires: Type.Optional(Type.String()),
  sip_user_agent: Type.Optional(Type.String()),
};

export function renderEndpoint(scope: Scope, endpoint: Endpoint, registration: Registration | undefined) {
  return {
    alias: endpoint.alias,
    application: endpoint.appId === null ? null : applicationUri(scope, endpoint.appId),
    endpoint_id: endpoint.endpointId,
    password: passwordMark({ sha256: endpoint.ha1Sha256 }),
    resource_uri: `/v1/Account/${scope.authId}/Endpoint/${endpoint.endpointId}/`,
    sip_registered: registration ? 'true' : 'false',
    sip_uri: endpointAddress(endpoint.username),
    sub_account: endpoint.subaccountId,
    username: endpoint.username,
    ...(registration && {
      sip_contact: registration.contact,
      sip_expires: new Date(registration.expiresAt).toISOString().slice(0, 19).replace('T', ' '),
      sip_user_agent: registration.userAgent,
    }),
  };
}

/** The endpoint of a path; `not_found` when it does not exist or is not the caller's. */
export async function endpointOf(scope: Scope, endpointId: string, endpoints: EndpointStore): Promise<Endpoint> {
  const found = await endpoints.findWithin(reachOf(scope), endpointId);
  if (!found) throw notFound();
  return found;
}

/** At least five characters (voice-api.md §10), and no longer than any that people or generators choose. */
export const password = () => Type.String({ minLength: 5, maxLength: 128, pattern: '^[^\\u0000-\\u001f\\u007f]*$' });
