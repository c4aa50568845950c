import { Type } from 'typebox';
import type { CustomerTrunk, TrunkCredential, TrunkIpList, TrunkUri } from '../../trunking/trunk.ts';
import { trunkDomain } from '../../trunking/trunk.ts';
import { nullableString } from '../fields.ts';

/** Trunks, and what they are made of, as the API shows them. Passwords are never shown. */

export const uriObject = {
  uri_uuid: Type.String({ format: 'uuid' }),
  name: Type.String(),
  uri: Type.String(),
  authentication_needed: Type.Boolean(),
  username: nullableString(),
};

export const showUri = ({ uriId, name, uri, credentials }: TrunkUri) => ({
  uri_uuid: uriId,
  name,
  uri,
  authentication_needed: credentials !== undefined,
  username: credentials?.username ?? null,
});

export const credentialObject = {
  credential_uuid: Type.String({ format: 'uuid' }),
  name: Type.String(),
  username: Type.String(),
};

export const showCredential = ({ credentialId, name, username }: TrunkCredential) => ({
  credential_uuid: credentialId,
  name,
  username,
});

export const ipListObject = {
  ipacl_uuid: Type.String({ format: 'uuid' }),
  name: Type.String(),
  ip_addresses: Type.Array(Type.String()),
};

export const showIpList = ({ ipListId, name, addresses }: TrunkIpList) => ({
  ipacl_uuid: ipListId,
  name,
  ip_addresses: addresses,
});

export const trunkObject = {
  trunk_id: Type.String(),
  trunk_domain: Type.String(),
  name: Type.String(),
  trunk_status: Type.Union([Type.Literal('enabled'), Type.Literal('disabled')]),
  secure: Type.Boolean(),
  trunk_direction: Type.Union([Type.Literal('inbound'), Type.Literal('outbound')]),
  ipacl_uuid: nullableString(),
  credential_uuid: nullableString(),
  primary_uri_uuid: nullableString(),
  fallback_uri_uuid: nullableString(),
};

export const showTrunk = (trunk: CustomerTrunk) => ({
  trunk_id: trunk.trunkId,
  trunk_domain: trunkDomain(trunk.trunkId),
  name: trunk.name,
  trunk_status: trunk.enabled ? 'enabled' : 'disabled',
  secure: trunk.secure,
  trunk_direction: trunk.direction,
  ipacl_uuid: trunk.ipListId,
  credential_uuid: trunk.credentialId,
  primary_uri_uuid: trunk.primaryUriId,
  fallback_uri_uuid: trunk.fallbackUriId,
});
