import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import type { Powerpack } from '../../messaging/powerpacks/powerpack.ts';
import type { PowerpackStore } from '../../messaging/powerpacks/powerpack-store.ts';
import { isoTime } from '../times.ts';

/** A Powerpack as the API shows it (messaging.md §7). */
export const powerpackObject = {
  uuid: Type.String(),
  name: Type.String(),
  sticky_sender: Type.Boolean(),
  local_connect: Type.Boolean(),
  application_type: Type.String(),
  application_id: Type.String(),
  number_pool: Type.String(),
  number_priority: Type.Array(
    Type.Object({
      service_type: Type.String(),
      country_iso: Type.String(),
      priority: Type.Object({
        priority1: Type.Union([Type.String(), Type.Null()]),
        priority2: Type.Union([Type.String(), Type.Null()]),
        priority3: Type.Union([Type.String(), Type.Null()]),
      }),
    }),
  ),
  created_on: Type.String(),
};

/** Clients take the id of the pool out of it by its position between slashes. */
export const poolUri = (scope: Scope, poolId: string) => `/v1/Account/${scope.authId}/NumberPool/${poolId}/`;

export function showPowerpack(scope: Scope, powerpack: Powerpack) {
  return {
    uuid: powerpack.powerpackId,
    name: powerpack.name,
    sticky_sender: powerpack.stickySender,
    local_connect: powerpack.localConnect,
    application_type: powerpack.phloId !== null ? 'PHLO' : powerpack.appId === null ? '' : 'XML',
    application_id: powerpack.phloId ?? powerpack.appId ?? '',
    number_pool: poolUri(scope, powerpack.poolId),
    number_priority: powerpack.priorities.map(({ service, countryIso, order }) => ({
      service_type: service.toUpperCase(),
      country_iso: countryIso,
      priority: { priority1: order[0] ?? null, priority2: order[1] ?? null, priority3: order[2] ?? null },
    })),
    created_on: isoTime(powerpack.createdAt),
  };
}

/** The Powerpack of a path; `not_found` when it is not the caller's. */
export async function powerpackOf(scope: Scope, powerpackId: string, powerpacks: PowerpackStore): Promise<Powerpack> {
  const found = await powerpacks.findWithin(reachOf(scope), powerpackId);
  if (!found) throw notFound();
  return found;
}
