import { Type } from 'typebox';
import { notFound } from '../../errors/catalogue.ts';
import { isAwaitingDocuments } from '../../numbers/number.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { digitsOfPath, onOff, readOnOff } from '../numbers/number-parameters.ts';
import { namedApplication, requestedOwner } from '../ownership.ts';

/**
 * POST PhoneNumber/{number}/ (account-numbers.md §7.2). A number that is not on sale, or not any more, answers 404. `pending`: it waits
 * for the papers that its country wants (compliance.md §12).
 */
export const buyPhoneNumber = defineCommand({
  name: 'buy-phone-number',
  summary: 'Rent a number',
  tag: 'PhoneNumber',
  method: 'POST',
  path: 'PhoneNumber/{number}/',
  audience: 'main',
  parameters: Type.Object({
    number: Type.String(),
    app_id: Type.Optional(text(32)),
    alias: Type.Optional(text()),
    subaccount: Type.Optional(text(20)),
    cnam_lookup: onOff(),
    compliance_application_id: Type.Optional(text(64)),
  }),
  refusals: ['insufficient_credit'],
  replies: {
    201: Type.Object({
      api_id: apiId(),
      message: Type.Literal('created'),
      numbers: Type.Array(Type.Object({ number: Type.String(), status: Type.String() })),
      status: Type.String(),
    }),
  },
  async run({ scope, parameters, now, idempotencyKey }, services) {
    const { inventory, numbers, applications, numberDirectory, directory, compliance } = services;
    const number = digitsOfPath(parameters.number);
    const app = parameters.app_id && (await namedApplication(scope, 'app_id', parameters.app_id, applications));
    const complianceId = parameters.compliance_application_id;
    const forSale = complianceId === undefined ? undefined : await inventory.find(number);
    if (complianceId !== undefined && forSale) {
      await compliance.numberCompliance.check(scope, 'compliance_application_id', complianceId, forSale);
    }
    const owner = await requestedOwner(scope, parameters.subaccount, directory);
    const bought = await inventory.buy({
      number,
      accountId: scope.account.authId,
      subaccountId: owner === undefined ? (scope.subaccount?.authId ?? null) : owner,
      appId: app ? app.appId : undefined,
      alias: parameters.alias,
      cnamLookup: readOnOff(parameters.cnam_lookup),
      complianceId,
      idempotencyKey,
      at: new Date(now),
    });
    if (!bought) throw notFound();
    numberDirectory.invalidate(number);
    directory.invalidate(scope.account.authId);
    const owned = await numbers.find(number);
    const status = owned && isAwaitingDocuments(owned) ? 'pending' : 'Success';
    return { status: 201, body: { message: 'created', numbers: [{ number, status }], status: 'fulfilled' } };
  },
});
