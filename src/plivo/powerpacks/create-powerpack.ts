import { Type } from 'typebox';
import { Problem } from '../../errors/catalogue.ts';
import { defaultPriorities, type Powerpack, withPriorities } from '../../messaging/powerpacks/powerpack.ts';
import { derivedUuid } from '../../runtime/ids.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { powerpackObject, showPowerpack } from './powerpack-object.ts';
import { powerpackParameters, readPowerpack } from './powerpack-parameters.ts';

/** POST Powerpack/ (messaging.md §7): with an empty number pool of its own. */
export const createPowerpack = defineCommand({
  name: 'create-powerpack',
  summary: 'Create a Powerpack',
  tag: 'Powerpack',
  method: 'POST',
  path: 'Powerpack/',
  parameters: Type.Object({ name: text(), ...powerpackParameters }),
  replies: { 200: Type.Object({ api_id: apiId(), ...powerpackObject }) },
  async run({ scope, parameters, now, idempotencyKey }, { powerpacks, applications, phlos, ids }) {
    const given = await readPowerpack(scope, parameters, { applications, phlos });
    const uuid = (index: number) => (idempotencyKey === undefined ? ids.secretUuid() : derivedUuid(idempotencyKey, index));
    const powerpack: Powerpack = {
      powerpackId: uuid(0),
      poolId: uuid(1),
      accountId: scope.account.authId,
      subaccountId: scope.subaccount?.authId ?? null,
      name: parameters.name,
      stickySender: given.stickySender ?? true,
      localConnect: given.localConnect ?? true,
      appId: given.inbound?.appId ?? null,
      phloId: given.inbound?.phloId ?? null,
      priorities: withPriorities(defaultPriorities, given.priorities ?? []),
      createdAt: new Date(now),
    };
    if (!(await powerpacks.insert(powerpack))) throw nameTaken(parameters.name);
    return { status: 200, body: showPowerpack(scope, powerpack) };
  },
});

export const nameTaken = (name: string) =>
  new Problem('conflict', `the account has a Powerpack with the name ${name}`, { parameter: 'name' });
