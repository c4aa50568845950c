/** Calls over trunks of accounts, which are found by the trunk, and runs of PHLOs. */
import { accountOf, fewHave, GROUP_UUID, me, quoted, type ReadSet, uuidOf, v7 } from './read-set.ts';
import { endedCallColumns } from './session-sets.ts';

/** Most calls went over the first trunk, one in 10,000 over the second. */
const BUSY_TRUNK = '10000000000000001';
const QUIET_TRUNK = '10000000000000002';

const trunks = {
  table: 'customer_trunks',
  columns: {
    trunk_id: `(10000000000000000 + n)::text`,
    ...accountOf,
    owner_id: me,
    name: `'trunk ' || n`,
    direction: `case when n % 2 = 1 then 'outbound' else 'inbound' end`,
    enabled: 'true',
    created_at: 'at',
  },
  most: 2,
};

export const trunkSets: readonly ReadSet[] = [
  {
    name: 'Zentrunk/Call',
    id: 'call_id',
    tables: [
      {
        table: 'calls',
        columns: {
          ...endedCallColumns,
          application_id: fewHave(quoted(QUIET_TRUNK), quoted(BUSY_TRUNK), 8),
          direction: fewHave(`'outbound'`, `'inbound'`, 8),
          stir_verification: `'Not applicable'`,
        },
      },
      trunks,
    ],
    reads: [
      '{id}/',
      '',
      '?offset=1000',
      '?call_direction=inbound',
      '?call_direction=outbound',
      '?from_number=1415',
      '?from_number=447400000001',
      '?from_number=33',
      '?to_number=447400000002',
      '?hangup_cause_code=4000',
      '?hangup_cause_code=3010',
      '?hangup_source=none',
      '?bill_duration__gt=100',
      '../Zentrunk/Trunk/',
      `../Zentrunk/Trunk/${BUSY_TRUNK}/`,
    ],
    clear: 'truncate calls; truncate customer_trunks cascade',
  },
  {
    name: `Phlo/${GROUP_UUID}/runs`,
    id: 'run_id',
    tables: [
      {
        table: 'phlo_runs',
        columns: {
          run_id: v7,
          phlo_id: `${quoted(GROUP_UUID)}::uuid`,
          ...accountOf,
          owner_id: me,
          rooms: `array['node room' || n]`,
          created_at: 'at',
        },
      },
      {
        table: 'phlos',
        columns: {
          phlo_id: uuidOf('n::text'),
          ...accountOf,
          owner_id: me,
          name: `'phlo ' || n`,
          document: `'<Response/>'`,
          nodes: `'[]'::jsonb`,
          created_at: 'at',
        },
      },
    ],
    reads: ['{id}/', `../Phlo/${GROUP_UUID}/`],
    clear: 'truncate phlo_runs; truncate phlos cascade',
  },
];
