import { Type } from 'typebox';
import { type Application, applicationNotFound } from '../../compliance/regulatory/applications.ts';
import { documentTypeOf } from '../../compliance/regulatory/document-types.ts';
import { invalidParameter } from '../../errors/catalogue.ts';
import { optionalTexts, wireObject } from '../compliance/wire-object.ts';
import { documentUrl } from '../compliance-documents/serve-document.ts';
import { nullableString } from '../fields.ts';
import type { Services } from '../services.ts';
import { isoTime } from '../times.ts';

const documentObject = Type.Object({
  document_id: Type.String(),
  document_type_id: Type.String(),
  document_name: Type.String(),
  file_name: Type.String(),
  meta_information: Type.Record(Type.String(), Type.String()),
  download_url: Type.String(),
  created_at: Type.String(),
});

/** A compliance application in the unified form (compliance.md §9.3). The last three keys are there when they are asked for. */
export const complianceObject = Type.Object({
  compliance_id: Type.String(),
  alias: Type.String(),
  status: Type.String(),
  country_iso: Type.String(),
  number_type: Type.String(),
  user_type: Type.String(),
  callback_url: Type.String(),
  callback_method: Type.String(),
  rejection_reason: nullableString(),
  created_at: Type.String(),
  updated_at: Type.String(),
  end_user: Type.Optional(
    Type.Object({
      end_user_id: Type.String(),
      type: Type.String(),
      name: Type.String(),
      ...optionalTexts('last_name', 'email', 'address_line1', 'address_line2', 'city', 'state', 'postal_code', 'country'),
      ...optionalTexts('registration_number'),
    }),
  ),
  documents: Type.Optional(Type.Array(documentObject)),
  linked_numbers: Type.Optional(Type.Array(Type.Object({ number: Type.String(), number_type: Type.String() }))),
});

const EXPANSIONS = ['end_user', 'documents', 'linked_numbers'] as const;
export type Expansion = (typeof EXPANSIONS)[number];

/** `expand`: names joined by commas. */
export function readExpansions(given: string | undefined): ReadonlySet<Expansion> {
  const wanted = (given ?? '').split(',').flatMap((name) => (name.trim() === '' ? [] : [name.trim()]));
  const known = wanted.map((name) => {
    const expansion = EXPANSIONS.find((one) => one === name);
    if (expansion) return expansion;
    throw invalidParameter('expand', `expand parameter is invalid: ${EXPANSIONS.join(', ')}, joined by commas, are expected`);
  });
  return new Set(known);
}

/** Applications as the unified form shows them, with what was asked for beside them. */
export async function renderCompliances(
  applications: readonly Application[],
  expansions: ReadonlySet<Expansion>,
  authId: string,
  { compliance, publicUrl }: Pick<Services, 'compliance' | 'publicUrl'>,
): Promise<readonly Record<string, unknown>[]> {
  const [first] = applications;
  const numbers =
    first && expansions.has('linked_numbers')
      ? await compliance.numberLinks.of(
          first.accountId,
          applications.map(({ id }) => id),
        )
      : undefined;
  return Promise.all(
    applications.map(async (application) => ({
      ...renderCompliance(application),
      ...(expansions.has('end_user') && { end_user: await renderEndUser(application, compliance) }),
      ...(expansions.has('documents') && { documents: await renderDocuments(application, authId, compliance, publicUrl) }),
      ...(numbers && {
        linked_numbers: (numbers.get(application.id) ?? []).map(({ number, type }) => ({ number, number_type: type })),
      }),
    })),
  );
}

export const renderCompliance = ({ id, status, facts, createdAt, updatedAt }: Application) => ({
  compliance_id: id,
  alias: facts.alias,
  status,
  country_iso: facts.country,
  number_type: facts.numberType,
  user_type: facts.endUserType,
  callback_url: facts.callback?.url ?? '',
  callback_method: facts.callback?.method ?? '',
  rejection_reason: facts.rejectionReason ?? null,
  created_at: isoTime(createdAt),
  updated_at: isoTime(updatedAt),
});

async function renderEndUser({ accountId, facts }: Application, compliance: Services['compliance']) {
  const user = await compliance.endUsers.store.findWithin({ accountId, subaccountId: undefined }, facts.endUserId);
  if (!user) throw applicationNotFound();
  return { ...wireObject(user.facts), end_user_id: user.id, type: user.status };
}

async function renderDocuments(application: Application, authId: string, compliance: Services['compliance'], publicUrl: string) {
  const documents = await compliance.applications.documentsOf(application);
  return documents.map(({ id, facts, createdAt }) => ({
    document_id: id,
    document_type_id: facts.documentTypeId,
    document_name: documentTypeOf(facts.documentTypeId)?.name ?? facts.alias,
    file_name: facts.fileName ?? '',
    meta_information: facts.data,
    download_url: facts.fileId === undefined ? '' : documentUrl(publicUrl, authId, id),
    created_at: isoTime(createdAt),
  }));
}
