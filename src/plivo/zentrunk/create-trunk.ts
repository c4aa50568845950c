import { Type } from 'typebox';
import { trunkDirections } from '../../trunking/trunk.ts';
import { newOwned } from '../../trunking/trunking.ts';
import { defineCommand } from '../define.ts';
import { apiId } from '../fields.ts';
import { digitsOf } from '../idempotent-id.ts';
import { readTrunk, trunkParameters } from './trunk-parameters.ts';

/** As long as an application's id, beside which it stands in `app_id` of a number. */
const TRUNK_ID_DIGITS = 17;

/**
 * POST Zentrunk/Trunk/: an inbound trunk brings calls of numbers whose `app_id` it is to its URIs; an outbound one takes calls of a
 * telephone system that its IP addresses or credentials show to be the account's.
 */
export const createTrunk = defineCommand({
  name: 'create-trunk',
  summary: 'Create a trunk to or from a telephone system of the account',
  tag: 'Zentrunk',
  method: 'POST',
  path: 'Zentrunk/Trunk/',
  parameters: Type.Object({
    ...trunkParameters,
    trunk_direction: Type.Union(trunkDirections.map((direction) => Type.Literal(direction))),
  }),
  replies: { 201: Type.Object({ api_id: apiId(), message: Type.String(), trunk_id: Type.String() }) },
  async run({ scope, parameters: given, now, idempotencyKey }, services) {
    const { trunking, ids } = services;
    const base = {
      ...newOwned(scope, undefined, now),
      trunkId: idempotencyKey === undefined ? ids.digits(TRUNK_ID_DIGITS) : digitsOf(idempotencyKey, TRUNK_ID_DIGITS),
      direction: given.trunk_direction,
      enabled: true,
      secure: false,
      ipListId: null,
      credentialId: null,
      primaryUriId: null,
      fallbackUriId: null,
    };
    const trunk = await readTrunk(scope, base, given, services);
    await trunking.store.trunks.insert(trunk);
    return { status: 201, body: { message: 'Trunk created successfully.', trunk_id: trunk.trunkId } };
  },
});
