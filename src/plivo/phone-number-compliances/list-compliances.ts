import { Type } from 'typebox';
import { applicationStates } from '../../compliance/regulatory/application-machine.ts';
import { requirementNumberTypes, userTypes } from '../../compliance/regulatory/requirements.ts';
import { listSchema, namedList, oneOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { text } from '../fields.ts';
import { pageParameters, readPage } from '../pagination.ts';
import { NUMBER_COMPLIANCE_LIMIT } from '../rate-limit.ts';
import { complianceObject, readExpansions, renderCompliances } from './compliance-object.ts';

const PATH = 'PhoneNumber/Compliance/';

/** GET PhoneNumber/Compliance/ (compliance.md §9.3), newest first. */
export const listCompliances = defineCommand({
  name: 'list-phone-number-compliances',
  summary: 'Compliance applications',
  tag: 'PhoneNumberCompliance',
  method: 'GET',
  path: PATH,
  perMinute: NUMBER_COMPLIANCE_LIMIT,
  parameters: Type.Object({
    status: Type.Optional(oneOf(applicationStates)),
    country_iso: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
    number_type: Type.Optional(oneOf(requirementNumberTypes)),
    user_type: Type.Optional(oneOf(userTypes)),
    alias: Type.Optional(text()),
    expand: Type.Optional(text()),
    ...pageParameters,
  }),
  replies: { 200: listSchema(complianceObject, 'compliances') },
  async run({ scope, parameters }, services) {
    const page = readPage(parameters);
    const expansions = readExpansions(parameters.expand);
    const { status, number_type: numberType, user_type: endUserType, alias } = parameters;
    const filter = { status, country: parameters.country_iso?.toUpperCase(), numberType, endUserType, alias };
    const { total, items } = await services.compliance.applications.list(scope, filter, page);
    const found = { total, items: await renderCompliances(items, expansions, scope.authId, services) };
    return namedList(scope, PATH, page, parameters, found, { items: 'compliances' });
  },
});
