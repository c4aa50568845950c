/** The same for what accounts register (src/compliance): one shape of table, and each its own facts. */
import { AUTH_ID } from '../acceptance/server.ts';
import { fewHave, GROUP_UUID, quoted, type ReadSet, SUBACCOUNT, uuidOf } from './read-set.ts';

interface Registered {
  readonly name: string;
  readonly table: string;
  readonly status: string;
  /** SQL of a jsonb. */
  readonly facts: string;
  readonly reads: readonly string[];
  readonly id?: string;
}

const group = quoted(GROUP_UUID);
/** Another one, that most have. */
const COMMON_UUID = 'c81e728d-9d4c-2f63-6f06-7f89cc14862c'; // md5('2')
const reference = fewHave(group, quoted(COMMON_UUID));
const alias = fewHave(`'rare'`, `'common'`);

const registered: readonly Registered[] = [
  {
    name: 'Profile',
    table: 'compliance_profiles',
    status: `'SECONDARY'`,
    facts: `jsonb_build_object('alias', 'p', 'customerType', 'DIRECT', 'entityType', ${fewHave(`'PUBLIC'`, `'PRIVATE'`)}, 'companyName', 'Shop',
      'vertical', ${fewHave(`'HEALTHCARE'`, `'RETAIL'`, 3)})`,
    reads: [
      '{id}/',
      '',
      '?offset=1000',
      '?entity_type=PRIVATE',
      '?entity_type=PUBLIC',
      '?type=SECONDARY',
      '?type=PRIMARY',
      '?vertical=RETAIL',
      '?vertical=HEALTHCARE',
    ],
  },
  {
    name: '10dlc/Brand',
    table: 'tendlc_brands',
    id: `'B' || lpad(to_hex(n), 6, 'G')`,
    status: fewHave(`'FAILED'`, `'COMPLETED'`),
    facts: `jsonb_build_object('alias', 'b', 'brandType', ${fewHave(`'STARTER'`, `'STANDARD'`, 3)}, 'profileId', md5(n::text)::uuid, 'secondaryVetting', false,
      'business', jsonb_build_object('customerType', 'DIRECT', 'entityType', 'PRIVATE', 'companyName', 'Shop', 'vertical', 'RETAIL'))`,
    reads: [
      '{id}/',
      '{id}/usecases/',
      '',
      '?offset=1000',
      '?type=STANDARD',
      '?type=STARTER',
      '?status=COMPLETED',
      '?status=FAILED',
      '?status=PROCESSING',
    ],
  },
  {
    name: '10dlc/Campaign',
    table: 'tendlc_campaigns',
    id: `'C' || lpad(to_hex(n), 6, 'G')`,
    status: fewHave(`'FAILED'`, `'ACTIVE'`),
    facts: `jsonb_build_object('source', ${fewHave(`'shared'`, `'plivo'`, 3)}, 'brandId', ${fewHave(`'BBENCH1'`, `'BBENCH2'`, 4)}, 'vertical', 'RETAIL',
      'usecase', ${fewHave(`'2FA'`, `'MARKETING'`, 5)}, 'alias', 'c', 'description', 'd', 'sample1', 's')`,
    reads: [
      '{id}/',
      '',
      '?offset=1000',
      '?usecase=MARKETING',
      '?usecase=2FA',
      '?usecase=FRAUD_ALERT',
      '?brand_id=BBENCH2',
      '?brand_id=BBENCH1',
      '?brand_id=BBENCH3',
      '?registration_status=ACTIVE',
      '?registration_status=FAILED',
      '?campaign_source=plivo',
      '?campaign_source=shared',
    ],
  },
  {
    name: 'TollfreeVerification',
    table: 'tollfree_verifications',
    status: fewHave(`'SUBMITTED'`, `'APPROVED'`),
    facts: `jsonb_build_object('profileId', ${reference}, 'number', '1800' || lpad(n::text, 7, '0'), 'usecase', ${fewHave(`'2FA'`, `'MARKETING'`, 3)},
      'usecaseSummary', 's', 'messageSample', 's', 'optinImageUrl', 'https://example.com', 'optinType', 'VERBAL', 'volume', '10')`,
    reads: [
      '{id}/',
      '',
      '?offset=1000',
      '?number=18000000001',
      '?status=APPROVED',
      '?status=SUBMITTED',
      `?profile_uuid=${COMMON_UUID}`,
      `?profile_uuid=${GROUP_UUID}`,
      '?usecase=MARKETING',
      '?usecase=2FA',
      '?usecase=none',
      '?created__gte=2020-01-01',
    ],
  },
  {
    name: 'HostedMessagingNumber/LOA',
    table: 'letters_of_authorization',
    status: `'stored'`,
    facts: `jsonb_build_object('alias', ${alias}, 'fileId', ${group}, 'fileName', 'a.pdf')`,
    reads: ['{id}/', '', '?offset=1000', '?alias=common', '?alias=rare', '?alias=none'],
  },
  {
    name: 'HostedMessagingNumber',
    table: 'hosted_numbers',
    status: fewHave(`'pending'`, `'active'`),
    facts: `jsonb_build_object('alias', ${alias}, 'number', '1415' || lpad(n::text, 7, '0'), 'appId', '1', 'loaId', ${fewHave(group, quoted(COMMON_UUID), 3)})`,
    reads: [
      '{id}/',
      '',
      '?offset=1000',
      '?alias=common',
      '?alias=rare',
      '?hosted_status=active',
      '?hosted_status=pending',
      '?number=14150000001',
      `?loa_id=${COMMON_UUID}`,
      `?loa_id=${GROUP_UUID}`,
    ],
  },
  {
    name: 'EndUser',
    table: 'end_users',
    status: fewHave(`'individual'`, `'business'`),
    facts: `jsonb_build_object('name', ${alias}, 'lastName', ${fewHave(`'rare'`, `'common'`, 3)})`,
    reads: [
      '{id}/',
      '',
      '?offset=1000',
      '?name=common',
      '?name=rare',
      '?name=none',
      '?last_name=common',
      '?last_name=rare',
      '?end_user_type=business',
      '?end_user_type=individual',
    ],
  },
  {
    name: 'ComplianceDocument',
    table: 'compliance_documents',
    status: `'stored'`,
    facts: `jsonb_build_object('endUserId', ${reference}, 'documentTypeId', ${fewHave(group, quoted(COMMON_UUID), 3)}, 'alias', ${fewHave(`'rare'`, `'common'`, 4)}, 'data', '{}'::jsonb)`,
    reads: [
      '{id}/',
      '',
      '?offset=1000',
      `?end_user_id=${COMMON_UUID}`,
      `?end_user_id=${GROUP_UUID}`,
      `?document_type_id=${COMMON_UUID}`,
      `?document_type_id=${GROUP_UUID}`,
      '?alias=common',
      '?alias=rare',
      '?alias=none',
    ],
  },
  {
    name: 'ComplianceApplication',
    table: 'compliance_applications',
    status: fewHave(`'draft'`, `'accepted'`),
    facts: `jsonb_build_object('alias', ${fewHave(`'rare'`, `'common'`, 3)}, 'requirementId', ${group}, 'country', ${fewHave(`'FR'`, `'IN'`, 4)},
      'numberType', ${fewHave(`'mobile'`, `'local'`, 5)}, 'endUserType', ${fewHave(`'individual'`, `'business'`, 6)},
      'endUserId', ${fewHave(group, quoted(COMMON_UUID), 7)}, 'documentIds', '[]'::jsonb)`,
    reads: [
      '{id}/',
      '',
      '?offset=1000',
      `?end_user_id=${COMMON_UUID}`,
      `?end_user_id=${GROUP_UUID}`,
      '?country_iso2=IN',
      '?country_iso2=FR',
      '?country_iso2=JP',
      '?number_type=local',
      '?number_type=mobile',
      '?end_user_type=business',
      '?end_user_type=individual',
      '?alias=common',
      '?alias=rare',
      '?status=accepted',
      '?status=draft',
      '?status=expired',
      '../PhoneNumber/Compliance/',
      '../PhoneNumber/Compliance/{id}/',
      '../PhoneNumber/Compliance/?user_type=individual',
      '../PhoneNumber/Compliance/?country_iso=FR',
    ],
  },
  {
    name: 'Verification/Address',
    table: 'address_verifications',
    status: `'accepted'`,
    facts: `jsonb_build_object('alias', 'a', 'said', '{}'::jsonb)`,
    reads: ['{id}/', '', '?offset=1000'],
  },
  {
    name: 'Verification/Identity',
    table: 'identity_verifications',
    status: `'accepted'`,
    facts: `jsonb_build_object('alias', 'a', 'said', '{}'::jsonb)`,
    reads: ['{id}/', '', '?offset=1000'],
  },
];

export const registeredSets: readonly ReadSet[] = [
  ...registered.map(
    ({ name, table, status, facts, reads, id = uuidOf('n::text') }): ReadSet => ({
      name,
      id: 'id',
      reads,
      clear: `truncate ${table} cascade`,
      tables: [
        {
          table,
          columns: {
            id,
            account_id: quoted(AUTH_ID),
            subaccount_id: fewHave(quoted(SUBACCOUNT), 'null', 2),
            status,
            facts,
            created_at: 'at',
            updated_at: 'at',
          },
        },
      ],
    }),
  ),
  {
    name: '10dlc/Campaign/CBENCH1/Number',
    id: 'number',
    among: `campaign_id = 'CBENCH1'`,
    tables: [
      {
        table: 'tendlc_campaign_numbers',
        columns: {
          number: `'1415' || lpad(n::text, 7, '0')`,
          campaign_id: `'CBENCH' || 1 + n / 400`,
          status: `'LINKED'`,
          method: `'POST'`,
          created_at: 'at',
          updated_at: 'at',
        },
      },
      {
        table: 'tendlc_campaigns',
        columns: {
          id: `case when n = 1 then 'CBENCH1' else 'C' || lpad(to_hex(n), 6, 'G') end`,
          account_id: quoted(AUTH_ID),
          status: `'ACTIVE'`,
          facts: `'{"source":"plivo","vertical":"RETAIL","usecase":"MARKETING","alias":"c","description":"d"}'::jsonb`,
          created_at: 'at',
          updated_at: 'at',
        },
      },
    ],
    reads: ['', '?offset=1000', '{id}/'],
    clear: 'truncate tendlc_campaigns, tendlc_campaign_numbers',
  },
];
