import { Type } from 'typebox';
import { lookUp } from '../../numbers/lookup.ts';
import { defineCommand } from '../define.ts';
import { apiId, nullableString } from '../fields.ts';

/**
 * GET /v1/Number/{number} (account-numbers.md §11): a path without account, on a host of its own. Country, formats and kind of line come
 * from the numbering plan, the carrier from what the asker's account has, or from the operator's ranges; networks are not asked, so what only
 * they know (whether a number was ported) is `unknown`. Its 404 has a form that no other route has.
 */
export const lookUpNumber = defineCommand({
  name: 'look-up-number',
  summary: 'Country, formats and kind of a number',
  tag: 'Lookup',
  method: 'GET',
  path: 'Lookup/Number/{number}/',
  aliases: ['/v1/Number/{number}'],
  parameters: Type.Object({ number: Type.String({ maxLength: 64 }), type: Type.Optional(Type.Literal('carrier')) }),
  refusals: ['insufficient_credit'],
  replies: {
    200: Type.Object({
      api_id: apiId(),
      phone_number: Type.String(),
      country: Type.Object({ name: nullableString(), iso2: nullableString(), iso3: nullableString() }),
      format: Type.Object({
        e164: Type.String(),
        national: Type.String(),
        international: Type.String(),
        rfc3966: Type.String(),
      }),
      carrier: Type.Object({
        mobile_country_code: nullableString(),
        mobile_network_code: nullableString(),
        name: nullableString(),
        type: Type.String(),
        ported: Type.String(),
      }),
      resource_uri: Type.String(),
    }),
    404: Type.Object({ api_id: apiId(), error_code: Type.Literal(404), message: Type.String() }),
  },
  async run({ scope, parameters }, { numberDirectory, charges, rates, surcharge, ids }) {
    const digits = parameters.number.replace(/\D/g, '');
    const known = await numberDirectory.find(digits);
    const isOwn =
      known?.accountId === scope.account.authId && (scope.subaccount === null || known.subaccountId === scope.subaccount.authId);
    const found = lookUp(parameters.number, isOwn ? known.type : undefined);
    if (!found) return { status: 404, body: { error_code: 404, message: 'Phone number is invalid or does not exist.' } };
    await charges.take(scope, 'lookup', surcharge('lookup', digits), `lookup:${ids.uuid()}`, found.e164);
    const network = rates().networkOf(digits);
    // Fixed and toll-free numbers are in no mobile network: their codes are empty, not unknown.
    const networkCode = found.lineType === 'fixed' || found.lineType === 'toll-free' ? '' : null;
    return {
      status: 200,
      body: {
        phone_number: found.e164,
        country: found.country ?? { name: null, iso2: null, iso3: null },
        format: {
          e164: found.e164,
          national: found.national,
          international: found.international,
          rfc3966: found.rfc3966,
        },
        carrier: {
          mobile_country_code: network?.mcc ?? networkCode,
          mobile_network_code: network?.mnc ?? networkCode,
          name: isOwn ? known.carrier : (network?.name ?? null),
          type: found.lineType,
          ported: 'unknown',
        },
        resource_uri: `/v1/Number/${found.e164}?type=carrier`,
      },
    };
  },
});
