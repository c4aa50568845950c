import { Type } from 'typebox';
import { invalidParameter, missingParameter } from '../../errors/catalogue.ts';
import { nestedReader } from '../compliance/nested.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { NUMBER_COMPLIANCE_LIMIT } from '../rate-limit.ts';

/** Numbers in one request. */
const MAX_NUMBERS = 100;
const optional = Type.Optional(text(64));

const readEntry = nestedReader(Type.Object({ number: text(32), compliance_application_id: optional, compliance_id: optional }));

/**
 * POST PhoneNumber/Compliance/Link/ (compliance.md §9.6). Besides the list of objects a list of numbers with one `compliance_id` is
 * taken, and a body that is the bare list.
 */
export const linkComplianceNumbers = defineCommand({
  name: 'link-phone-number-compliance',
  summary: 'Put rented numbers under accepted applications',
  tag: 'PhoneNumberCompliance',
  method: 'POST',
  path: 'PhoneNumber/Compliance/Link/',
  perMinute: NUMBER_COMPLIANCE_LIMIT,
  arrayBody: 'numbers',
  parameters: Type.Object({
    numbers: Type.Array(Type.Unknown(), { minItems: 1, maxItems: MAX_NUMBERS }),
    compliance_id: optional,
    compliance_application_id: optional,
  }),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      message: Type.String(),
      total_count: Type.Integer(),
      updated_count: Type.Integer(),
      report: Type.Array(Type.Object({ number: Type.String(), status: Type.String(), remarks: Type.String() })),
    }),
  },
  async run({ scope, parameters: given }, { compliance }) {
    const common = given.compliance_id ?? given.compliance_application_id;
    const wanted = given.numbers.map((entry, index) => readWanted(entry, index, common));
    const report = await compliance.numberCompliance.link(scope, wanted, (number) => compliance.numberChanged(number));
    const updated = report.filter(({ isLinked }) => isLinked).length;
    return {
      status: 200,
      body: {
        message: `${updated} of ${report.length} numbers were linked.`,
        total_count: report.length,
        updated_count: updated,
        report: report.map(({ number, isLinked, remarks }) => ({ number, status: isLinked ? 'success' : 'failed', remarks })),
      },
    };
  },
});

function readWanted(entry: unknown, index: number, common: string | undefined) {
  const name = `numbers[${index}]`;
  const { number, compliance_application_id, compliance_id } = readEntry(
    name,
    typeof entry === 'object' ? entry : { number: entry },
  );
  const applicationId = compliance_application_id ?? compliance_id ?? common;
  if (applicationId === undefined) throw missingParameter(`${name}.compliance_application_id`);
  if (!/^\+?[\d\s().-]+$/.test(number)) throw invalidParameter(name, `${name} parameter is invalid: a number is expected`);
  return { number, applicationId };
}
