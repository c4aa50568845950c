import { Type } from 'typebox';
import { applicationStates } from '../../compliance/regulatory/application-machine.ts';
import { requirementNumberTypes } from '../../compliance/regulatory/requirements.ts';
import { listSchema, namedList, oneOf, userTypeField, userTypeOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { text } from '../fields.ts';
import { pageParameters, readPage } from '../pagination.ts';
import { complianceApplicationObject, renderComplianceApplication } from './application-object.ts';

const country = () => Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' }));

/** GET ComplianceApplication/ (compliance.md §10.5), newest first. One SDK says `country`. */
export const listComplianceApplications = defineCommand({
  name: 'list-compliance-applications',
  summary: 'Compliance applications',
  tag: 'ComplianceApplication',
  method: 'GET',
  path: 'ComplianceApplication/',
  parameters: Type.Object({
    end_user_id: Type.Optional(text(64)),
    country_iso2: country(),
    country: country(),
    number_type: Type.Optional(oneOf(requirementNumberTypes)),
    end_user_type: Type.Optional(userTypeField()),
    alias: Type.Optional(text()),
    status: Type.Optional(oneOf(applicationStates)),
    ...pageParameters,
  }),
  replies: { 200: listSchema(Type.Object(complianceApplicationObject)) },
  async run({ scope, parameters }, { compliance }) {
    const page = readPage(parameters);
    const { end_user_id: endUserId, number_type: numberType, end_user_type: endUserType, alias, status } = parameters;
    const filter = {
      endUserId,
      country: (parameters.country_iso2 ?? parameters.country)?.toUpperCase(),
      numberType,
      endUserType: userTypeOf(endUserType),
      alias,
      status,
    };
    const { total, items } = await compliance.applications.list(scope, filter, page);
    const shown = items.map(async (application) =>
      renderComplianceApplication(application, await compliance.applications.documentsOf(application), compliance.requirements),
    );
    const found = { total, items: await Promise.all(shown) };
    return namedList(scope, 'ComplianceApplication/', page, parameters, found, {});
  },
});
