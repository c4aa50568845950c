import { type Static, Type } from 'typebox';
import {
  type ComplianceConfiguration,
  DEFAULT_DEADLINE_MS,
  DEFAULT_DELAY_MS,
  DEFAULT_POLL_MS,
  DEFAULT_TIMEOUT_MS,
  defaultCompliance,
  type RegistryConfiguration,
} from '../compliance/configuration.ts';
import type { documentTypes } from '../compliance/regulatory/document-types.ts';
import { requirementNumberTypes, userTypes } from '../compliance/regulatory/requirements.ts';
import { oneOf, optional, strict, text } from './value-schemas.ts';

/** The section `compliance` of the configuration file. Without it everything is accepted after two seconds, and nothing is enforced. */

const number = (minimum: number, maximum: number) =>
  Type.Number({ minimum, maximum, description: `a number from ${minimum} to ${maximum} is expected` });

/** As the file names the kinds of documents. */
const documentsByName = {
  registration_certificate: 'registrationCertificate',
  gst_certificate: 'gstCertificate',
  identity_proof: 'identityProof',
  address_proof: 'addressProof',
} as const satisfies Record<string, keyof typeof documentTypes>;
const documentNames = ['registration_certificate', 'gst_certificate', 'identity_proof', 'address_proof'] as const;

const DAY_MS = 24 * 3_600_000;

export const complianceSection = Type.Object(
  {
    registry: optional(
      Type.Object(
        {
          kind: oneOf(['automatic', 'operator', 'http']),
          deadline_days: optional(number(0.001, 365)),
          delay_seconds: optional(number(0, 30 * 24 * 3_600)),
          outcome: optional(oneOf(['approve', 'reject'])),
          url: optional(
            Type.String({
              maxLength: 2048,
              pattern: '^https?://[^\\s\\u0000-\\u001f]+$',
              description: 'an http or https URL is expected',
            }),
          ),
          authorization: optional(
            Type.String({ pattern: '^[\\x20-\\x7e]{1,2048}$', description: 'the value of a header is expected' }),
          ),
          timeout_seconds: optional(number(0.1, 60)),
          poll_seconds: optional(number(1, 7 * 24 * 3_600)),
        },
        strict,
      ),
    ),
    enforcement: optional(
      Type.Object(
        {
          unregistered_long_code: optional(oneOf(['refuse', 'limit', 'allow'])),
          unverified_toll_free: optional(oneOf(['refuse', 'allow'])),
        },
        strict,
      ),
    ),
    requirements: optional(
      Type.Array(
        Type.Object(
          {
            country: Type.String({ pattern: '^[A-Z]{2}$', description: 'an ISO 3166 code of two capital letters is expected' }),
            number_types: optional(Type.Array(oneOf(requirementNumberTypes))),
            user_types: optional(Type.Array(oneOf(userTypes))),
            proofs: Type.Array(
              Type.Object(
                {
                  name: text(100),
                  scope: optional(oneOf(['global', 'local'])),
                  documents: Type.Array(oneOf(documentNames), { minItems: 1 }),
                },
                strict,
              ),
            ),
          },
          strict,
        ),
      ),
    ),
  },
  strict,
);

export type ComplianceSection = Static<typeof complianceSection>;

/** Whether a registry outside has no address. */
export const lacksRegistryUrl = ({ registry }: ComplianceSection): boolean =>
  registry?.kind === 'http' && (registry.url === undefined || !URL.canParse(registry.url));

/** The section in the names that its code has for it. */
export function complianceConfiguration({ registry, enforcement, requirements }: ComplianceSection): ComplianceConfiguration {
  return {
    ...(requirements && {
      requirements: requirements.map(({ country, number_types, user_types, proofs }) => ({
        country,
        numberTypes: number_types ?? requirementNumberTypes,
        userTypes: user_types ?? userTypes,
        proofs: proofs.map(({ name, scope, documents }) => ({
          name,
          scope: scope ?? 'global',
          documents: documents.map((document) => documentsByName[document]),
        })),
      })),
    }),
    registry: registry ? registryConfiguration(registry) : defaultCompliance.registry,
    enforcement: {
      unregisteredLongCode: enforcement?.unregistered_long_code ?? defaultCompliance.enforcement.unregisteredLongCode,
      unverifiedTollFree: enforcement?.unverified_toll_free ?? defaultCompliance.enforcement.unverifiedTollFree,
    },
  };
}

const milliseconds = (seconds: number | undefined, otherwise: number) =>
  seconds === undefined ? otherwise : Math.round(seconds * 1_000);

function registryConfiguration(section: NonNullable<ComplianceSection['registry']>): RegistryConfiguration {
  const deadlineMs = section.deadline_days === undefined ? DEFAULT_DEADLINE_MS : Math.round(section.deadline_days * DAY_MS);
  if (section.kind === 'operator') return { kind: 'operator', deadlineMs };
  if (section.kind === 'automatic') {
    const outcome = section.outcome === 'reject' ? 'rejected' : 'approved';
    return { kind: 'automatic', deadlineMs, outcome, delayMs: milliseconds(section.delay_seconds, DEFAULT_DELAY_MS) };
  }
  return {
    kind: 'http',
    deadlineMs,
    url: section.url ?? '',
    timeoutMs: milliseconds(section.timeout_seconds, DEFAULT_TIMEOUT_MS),
    pollMs: milliseconds(section.poll_seconds, DEFAULT_POLL_MS),
    ...(section.authorization !== undefined && { authorization: section.authorization }),
  };
}
