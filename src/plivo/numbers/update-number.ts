import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import type { OwnedNumber } from '../../numbers/number.ts';
import type { NumberChange } from '../../numbers/number-store.ts';
import { statusCallbackOf } from '../compliance/status-callback.ts';
import { defineCommand } from '../define.ts';
import { changed, httpMethod, text, url } from '../fields.ts';
import { namedApplication, requestedOwner } from '../ownership.ts';
import type { Services } from '../services.ts';
import { digitsOfPath, onOff, readOnOff } from './number-parameters.ts';

/** Value of `app_id` that detaches the application: null and "" mean "unchanged" in this API, as everywhere. */
const NO_APPLICATION = 'none';

/**
 * POST Number/{number}/ (account-numbers.md §8.2). `subaccount` moves the number, with the main account's own Auth ID back to
 * the main account; an application of the former subaccount is left behind.
 */
export const updateNumber = defineCommand({
  name: 'update-number',
  summary: 'Change alias, application or owner of a number',
  tag: 'Number',
  method: 'POST',
  path: 'Number/{number}/',
  parameters: Type.Object({
    number: Type.String(),
    app_id: Type.Optional(text(32)),
    alias: Type.Optional(text()),
    subaccount: Type.Optional(text(20)),
    cnam_lookup: onOff(),
    cnam: Type.Optional(text(64)),
    compliance_id: Type.Optional(text(64)),
    caller_reputation: onOff(),
    profile_uuid: Type.Optional(text(36)),
    caller_reputation_callback_url: Type.Optional(url()),
    caller_reputation_callback_method: httpMethod(),
  }),
  refusals: ['forbidden'],
  replies: { 202: changed },
  async run({ scope, parameters }, services) {
    const { numbers, numberDirectory, powerpackDirectory, directory } = services;
    const found = await numbers.findWithin(reachOf(scope), digitsOfPath(parameters.number));
    if (!found) throw notFound();
    if (parameters.compliance_id !== undefined) {
      await services.compliance.numberCompliance.check(scope, 'compliance_id', parameters.compliance_id, found);
    }
    const owner = await requestedOwner(scope, parameters.subaccount, directory);
    const cnam = readOnOff(parameters.cnam_lookup);
    const change: NumberChange = {
      ...(parameters.alias !== undefined && { alias: parameters.alias }),
      ...(await applicationChange(scope, found, parameters.app_id, owner, services)),
      ...(owner !== undefined && { subaccountId: owner }),
      ...(cnam !== undefined && { cnamLookup: cnam }),
      ...((parameters.cnam !== undefined || parameters.compliance_id !== undefined) && {
        details: {
          ...(parameters.cnam !== undefined && { cnam: parameters.cnam }),
          ...(parameters.compliance_id !== undefined && { complianceId: parameters.compliance_id, awaitsDocuments: false }),
        },
      }),
    };
    const reputation = readOnOff(parameters.caller_reputation);
    const callback = statusCallbackOf(parameters.caller_reputation_callback_url, parameters.caller_reputation_callback_method);
    if (reputation !== undefined || parameters.profile_uuid !== undefined || callback) {
      await services.compliance.callerReputation.change(scope, found.number, found, {
        isEnabled: reputation && reputation === 'enabled',
        profileId: parameters.profile_uuid,
        callback,
      });
    }
    await numbers.update(scope.account.authId, found.number, change);
    numberDirectory.invalidate(found.number);
    services.trunking.changed();
    powerpackDirectory.invalidateAll();
    return { status: 202, body: { message: 'changed' } };
  },
});

async function applicationChange(
  scope: Scope,
  number: OwnedNumber,
  requested: string | undefined,
  owner: string | null | undefined,
  { applications, trunking }: Services,
): Promise<{ readonly appId?: string | null; readonly trunkId?: string | null }> {
  if (requested === NO_APPLICATION) return { appId: null, trunkId: null };
  if (requested !== undefined) {
    // A trunk takes the place of an application, and has an id of the same form.
    const trunk = await trunking.store.trunks.find(reachOf(scope), requested);
    if (trunk?.direction === 'inbound') return { appId: null, trunkId: trunk.trunkId };
    return { appId: (await namedApplication(scope, 'app_id', requested, applications)).appId, trunkId: null };
  }
  if (owner === undefined || owner === number.subaccountId) return {};
  if (number.appId === null) return { trunkId: null };
  const current = await applications.find(number.appId);
  return current?.subaccountId === null || current?.subaccountId === owner ? {} : { appId: null };
}
