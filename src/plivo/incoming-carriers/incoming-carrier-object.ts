import { isIP } from 'node:net';
import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { invalidParameter, notFound } from '../../errors/catalogue.ts';
import type { IncomingCarrier, IncomingCarrierStore } from '../../numbers/incoming-carrier-store.ts';

/** An incoming carrier as the API shows it (account-numbers.md §9). */
export const incomingCarrierObject = {
  carrier_id: Type.String(),
  ip_set: Type.String(),
  name: Type.String(),
  resource_uri: Type.String(),
  sms: Type.Boolean(),
  voice: Type.Boolean(),
};

export function showIncomingCarrier(scope: Scope, carrier: IncomingCarrier) {
  return {
    carrier_id: carrier.carrierId,
    ip_set: carrier.ipSet,
    name: carrier.name,
    resource_uri: `/v1/Account/${scope.authId}/IncomingCarrier/${carrier.carrierId}/`,
    sms: carrier.sms,
    voice: carrier.voice,
  };
}

const CARRIER_ID = /^\d{1,20}$/;

export async function incomingCarrierOf(scope: Scope, carrierId: string, store: IncomingCarrierStore): Promise<IncomingCarrier> {
  const found = CARRIER_ID.test(carrierId) ? await store.find(scope.account.authId, carrierId) : undefined;
  if (!found) throw notFound();
  return found;
}

/** More than any trunk has; each is compared with on every call. */
const MAX_ADDRESSES = 100;

/** Addresses or networks in CIDR form joined by commas; blanks around them are dropped. */
export function readIpSet(given: string): string {
  const entries = given.split(',').map((entry) => entry.trim());
  if (entries.length > MAX_ADDRESSES || !entries.every(isAddressOrNetwork)) {
    throw invalidParameter(
      'ip_set',
      `ip_set parameter is invalid: up to ${MAX_ADDRESSES} IP addresses joined by commas are expected`,
    );
  }
  return entries.join(',');
}

function isAddressOrNetwork(entry: string): boolean {
  const [address = '', bits, ...rest] = entry.split('/');
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}
