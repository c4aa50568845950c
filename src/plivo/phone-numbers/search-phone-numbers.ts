import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { formatAmount } from '../../billing/money.ts';
import { invalidParameter, missingParameter } from '../../errors/catalogue.ts';
import { callingCodeOf, countryName } from '../../numbers/country.ts';
import type { NumberType, OwnedNumber } from '../../numbers/number.ts';
import { defineCommand } from '../define.ts';
import { apiId, flag, nullableString, text } from '../fields.ts';
import { numberType, oneType, readServices, services } from '../numbers/number-parameters.ts';
import { listReply, pageMeta, pageParameters, readPage } from '../pagination.ts';

/** A number for sale as the API shows it (account-numbers.md §7.1). */
const phoneNumberObject = {
  city: nullableString(),
  country: Type.String(),
  ha_enabled: Type.Boolean(),
  lata: Type.Union([Type.Integer(), Type.Null()]),
  mms_enabled: Type.Boolean(),
  mms_rate: Type.String(),
  monthly_rental_rate: Type.String(),
  number: Type.String(),
  prefix: nullableString(),
  rate_center: nullableString(),
  region: nullableString(),
  resource_uri: Type.String(),
  restriction: nullableString(),
  restriction_text: nullableString(),
  setup_rate: Type.String(),
  sms_enabled: Type.Boolean(),
  sms_rate: Type.String(),
  sub_type: Type.String(),
  type: Type.String(),
  voice_enabled: Type.Boolean(),
  voice_rate: Type.String(),
};

/** Geographic numbers of every kind are `fixed`, told apart by `sub_type`. */
const GEOGRAPHIC: readonly NumberType[] = ['fixed', 'local', 'national'];

/** GET PhoneNumber/: what the operator has put on sale. Every number found can be bought at once, so `eligible` narrows nothing. */
export const searchPhoneNumbers = defineCommand({
  name: 'search-phone-numbers',
  summary: 'Numbers for sale',
  tag: 'PhoneNumber',
  method: 'GET',
  path: 'PhoneNumber/',
  parameters: Type.Object({
    country_iso: Type.Optional(text(8)),
    country_iso2: Type.Optional(text(8)),
    type: numberType(),
    pattern: Type.Optional(Type.String({ pattern: '^[0-9]{1,15}$' })),
    npanxx: Type.Optional(Type.String({ pattern: '^[0-9]{6}$' })),
    local_calling_area: flag(),
    region: Type.Optional(Type.String({ minLength: 3, maxLength: 100, pattern: '^[^\\u0000]*$' })),
    city: Type.Optional(text(100)),
    services: services(),
    lata: Type.Optional(Type.Integer({ minimum: 0, maximum: 99_999 })),
    rate_center: Type.Optional(text(64)),
    eligible: flag(),
    ...pageParameters,
  }),
  replies: {
    200: Type.Object({ api_id: apiId(), meta: pageMeta, objects: Type.Array(Type.Object(phoneNumberObject)) }),
  },
  async run({ scope, parameters }, { inventory }) {
    const countryIso = (parameters.country_iso ?? parameters.country_iso2)?.toUpperCase();
    if (countryIso === undefined) throw missingParameter('country_iso');
    const callingCode = callingCodeOf(countryIso);
    if (callingCode === undefined) {
      throw invalidParameter('country_iso', 'country_iso parameter is invalid: an ISO 3166 code of two letters is expected');
    }
    const page = readPage(parameters);
    const { limit: _limit, offset: _offset, ...filters } = parameters;
    const type = oneType(parameters.type);
    const found = await inventory.search(
      {
        countryIso,
        types: type === 'fixed' ? GEOGRAPHIC : type && [type],
        startsWith: beginning(callingCode, parameters),
        services: readServices(parameters.services),
        region: parameters.region,
        city: parameters.city,
        lata: parameters.lata,
        rateCenter: parameters.rate_center,
      },
      page,
    );
    const items = found.items.map((item) => showPhoneNumber(scope, item));
    return listReply(scope, 'PhoneNumber/', page, filters, { total: found.total, items });
  },
});

/** The longest beginning that is asked for. An NPA-NXX with its local calling area is widened to the area code. */
function beginning(
  callingCode: string,
  { pattern, npanxx, local_calling_area }: { pattern?: string; npanxx?: string; local_calling_area?: boolean },
): string | undefined {
  const exchange = local_calling_area ? npanxx?.slice(0, 3) : npanxx;
  if (pattern === undefined && exchange === undefined) return undefined;
  if (pattern !== undefined && exchange !== undefined && !pattern.startsWith(exchange) && !exchange.startsWith(pattern)) {
    throw invalidParameter('pattern', 'pattern parameter is invalid: it contradicts npanxx');
  }
  const longest = (pattern ?? '').length > (exchange ?? '').length ? pattern : exchange;
  return `${callingCode}${longest}`;
}

function showPhoneNumber(scope: Scope, number: OwnedNumber) {
  return {
    city: number.city,
    country: countryName(number.countryIso),
    ha_enabled: false,
    lata: number.lata,
    mms_enabled: number.mmsEnabled,
    mms_rate: formatAmount(number.mmsRateMicros),
    monthly_rental_rate: formatAmount(number.monthlyMicros),
    number: number.number,
    prefix: number.prefix,
    rate_center: number.rateCenter,
    region: number.region === null ? countryName(number.countryIso) : `${number.region}, ${countryName(number.countryIso)}`,
    resource_uri: `/v1/Account/${scope.authId}/PhoneNumber/${number.number}/`,
    restriction: number.restriction,
    restriction_text: number.restrictionText,
    setup_rate: formatAmount(number.setupMicros),
    sms_enabled: number.smsEnabled,
    sms_rate: formatAmount(number.smsRateMicros),
    sub_type: number.type,
    type: GEOGRAPHIC.includes(number.type) ? 'fixed' : number.type,
    voice_enabled: number.voiceEnabled,
    voice_rate: formatAmount(number.voiceRateMicros),
  };
}
