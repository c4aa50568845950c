import { type Static, Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { invalidParameter, missingParameter } from '../../errors/catalogue.ts';
import type { CustomerTrunk } from '../../trunking/trunk.ts';
import { named } from '../../trunking/trunking.ts';
import { flag, text } from '../fields.ts';
import type { Services } from '../services.ts';

export const trunkName = () => Type.Optional(text(255));
/** What digest authentication sends as it is. */
export const trunkUser = () => Type.String({ pattern: '^[\\x21\\x23-\\x5b\\x5d-\\x7e]{1,128}$' });
export const trunkPassword = () => Type.String({ pattern: '^[\\x20-\\x7e]{1,128}$' });

const id = () => Type.Optional(text(64));

/** What of a trunk can be set. */
export const trunkParameters = {
  name: trunkName(),
  trunk_status: Type.Optional(Type.Union([Type.Literal('enabled'), Type.Literal('disabled')])),
  secure: flag(),
  ipacl_uuid: id(),
  credential_uuid: id(),
  primary_uri_uuid: id(),
  fallback_uri_uuid: id(),
};
const shape = Type.Object(trunkParameters);

/** The trunk with what is given in the place of what it has. @throws Problem */
export async function readTrunk(
  scope: Scope,
  base: CustomerTrunk,
  given: Static<typeof shape>,
  { trunking }: Pick<Services, 'trunking'>,
): Promise<CustomerTrunk> {
  const { uris, credentials, ipLists } = trunking.store;
  const { ipacl_uuid: ipList, credential_uuid: credential, primary_uri_uuid: primary, fallback_uri_uuid: fallback } = given;
  const wanted = {
    ...base,
    name: given.name ?? base.name,
    enabled: given.trunk_status === undefined ? base.enabled : given.trunk_status === 'enabled',
    secure: given.secure ?? base.secure,
    ipListId: ipList === undefined ? base.ipListId : (await named(ipLists, scope, 'ipacl_uuid', ipList)).ipListId,
    credentialId:
      credential === undefined
        ? base.credentialId
        : (await named(credentials, scope, 'credential_uuid', credential)).credentialId,
    primaryUriId: primary === undefined ? base.primaryUriId : (await named(uris, scope, 'primary_uri_uuid', primary)).uriId,
    fallbackUriId: fallback === undefined ? base.fallbackUriId : (await named(uris, scope, 'fallback_uri_uuid', fallback)).uriId,
  };
  if (base.direction === 'inbound' && wanted.primaryUriId === null) throw missingParameter('primary_uri_uuid');
  if (base.direction === 'outbound' && wanted.ipListId === null && wanted.credentialId === null) {
    throw invalidParameter('ipacl_uuid', 'either ipacl_uuid or credential_uuid parameter is expected');
  }
  return wanted;
}
