import { Type } from 'typebox';
import { requirementNumberTypes } from '../../compliance/regulatory/requirements.ts';
import { invalidParameter, missingParameter } from '../../errors/catalogue.ts';
import { parseDigits } from '../../messaging/phone-number.ts';
import { digitsOf } from '../campaign-numbers/campaign-number-object.ts';
import { oneOf, userTypeField, userTypeOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { renderRequirement, requirementObject } from './requirement-object.ts';

/** GET ComplianceRequirement/ (compliance.md §10.4): one object, for a kind of number or for a number. */
export const findRequirement = defineCommand({
  name: 'find-compliance-requirement',
  summary: 'What must be proved for a kind of number',
  tag: 'ComplianceRequirement',
  method: 'GET',
  path: 'ComplianceRequirement/',
  parameters: Type.Object({
    country_iso2: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
    number_type: Type.Optional(oneOf(requirementNumberTypes)),
    end_user_type: Type.Optional(userTypeField()),
    phone_number: Type.Optional(text(32)),
  }),
  replies: { 200: Type.Object({ api_id: apiId(), ...requirementObject }) },
  async run({ parameters: given }, { compliance }) {
    const number = given.phone_number === undefined ? undefined : parseDigits(digitsOf(given.phone_number));
    if (given.phone_number !== undefined && number?.countryIso2 === undefined) {
      throw invalidParameter('phone_number', 'phone_number parameter is invalid: a phone number is expected');
    }
    const country = number?.countryIso2 ?? given.country_iso2?.toUpperCase();
    if (country === undefined) throw missingParameter('country_iso2');
    const numberType = given.number_type ?? (number && TYPES[number.kind]);
    if (numberType === undefined) throw missingParameter('number_type');
    if (given.end_user_type === undefined && !number) throw missingParameter('end_user_type');
    const requirement = compliance.requirements.of(country, numberType, userTypeOf(given.end_user_type) ?? 'business');
    return { status: 200, body: renderRequirement(requirement) };
  },
});

const TYPES = {
  fixed: 'local',
  mobile: 'mobile',
  fixed_or_mobile: 'local',
  toll_free: 'tollfree',
  other: 'national',
  unknown: 'local',
} as const;
