import { Type } from 'typebox';
import { invalidParameter, Problem } from '../../errors/catalogue.ts';
import { countryOf } from '../../messaging/phone-number.ts';
import { defineCommand } from '../define.ts';
import { changed, text } from '../fields.ts';
import { namedApplication, requestedOwner } from '../ownership.ts';
import { numberType, oneType } from './number-parameters.ts';

/** One request; the body limit allows some 15,000, this keeps the statement small. */
const MAX_NUMBERS = 1_000;

/** POST Number/ (account-numbers.md §8.2): numbers of the account's own, on an incoming carrier of its own. All or none. */
export const addNumbers = defineCommand({
  name: 'add-numbers',
  summary: 'Add numbers of a carrier of your own',
  tag: 'Number',
  method: 'POST',
  path: 'Number/',
  audience: 'main',
  parameters: Type.Object({
    numbers: Type.Array(Type.String({ maxLength: 32 }), { minItems: 1, maxItems: MAX_NUMBERS }),
    carrier: text(32),
    region: text(),
    number_type: numberType(),
    app_id: Type.Optional(text(32)),
    subaccount: Type.Optional(text(20)),
  }),
  replies: { 202: changed },
  async run({ scope, parameters, now }, { numbers, numberDirectory, incomingCarriers, applications, directory }) {
    const carrier = /^\d{1,20}$/.test(parameters.carrier)
      ? await incomingCarriers.find(scope.account.authId, parameters.carrier)
      : undefined;
    if (!carrier) throw invalidParameter('carrier', 'carrier parameter is invalid: the account has no such incoming carrier');
    const owner = await requestedOwner(scope, parameters.subaccount, directory);
    const app = parameters.app_id && (await namedApplication(scope, 'app_id', parameters.app_id, applications));
    const added = [...new Set(parameters.numbers.filter((entry) => entry !== '').map(digitsOf))];
    if (added.length === 0) throw invalidParameter('numbers', 'numbers parameter is invalid: at least one number is expected');
    const taken = await numbers.addOwn({
      accountId: scope.account.authId,
      subaccountId: owner === undefined ? (scope.subaccount?.authId ?? null) : owner,
      appId: app ? app.appId : null,
      carrierId: carrier.carrierId,
      region: parameters.region,
      type: oneType(parameters.number_type) ?? 'local',
      smsEnabled: carrier.sms,
      voiceEnabled: carrier.voice,
      numbers: added.map((number) => ({ number, countryIso: countryOf(number) ?? '' })),
      addedAt: new Date(now),
    });
    if (taken.length > 0)
      throw new Problem('conflict', `already in use: ${taken.slice(0, 5).join(', ')}`, { parameter: 'numbers' });
    for (const number of added) numberDirectory.invalidate(number);
    return { status: 202, body: { message: 'changed' } };
  },
});

function digitsOf(written: string): string {
  const digits = written.replace(/[\s().-]/g, '').replace(/^\+/, '');
  if (!/^[1-9]\d{2,14}$/.test(digits)) {
    throw invalidParameter('numbers', 'numbers parameter is invalid: digits with country code, joined by commas, are expected');
  }
  return digits;
}
