/**
 * The configuration that the programs of the coverage suite expect of a server. `node acceptance/coverage/fixture.ts` prints it as the
 * YAML file for one that is started by somebody else.
 */
import { stringify } from 'yaml';
import { AUTH_ID, unlimitedAccount } from '../server.ts';

export const tried = ['node', 'python', 'go', 'java'] as const;
export type TriedSdk = (typeof tried)[number];

export interface SdkNumbers {
  /** US long codes of the account. */
  readonly numbers: readonly [string, string, string];
  readonly tollFree: readonly [string, string];
  readonly indian: string;
  readonly shortCode: string;
  /** Numbers of nobody: virtual phones. */
  readonly phones: readonly [string, string, string];
  /** A number of nobody, to be brought into the account. */
  readonly brought: string;
  readonly phlo: { readonly id: string; readonly nodeId: string };
}

/** Each SDK has numbers of its own, so that no program finds what another has left. */
export function numbersOf(sdk: TriedSdk): SdkNumbers {
  const n = tried.indexOf(sdk);
  return {
    numbers: [`14155552${n}00`, `14155552${n}01`, `14155552${n}02`],
    tollFree: [`18005552${n}00`, `18005552${n}01`],
    indian: `9180455502${n}0`,
    shortCode: `7777${n}`,
    phones: [`14155553${n}00`, `14155553${n}01`, `14155553${n}02`],
    brought: `14155554${n}00`,
    phlo: { id: `2e802f94-cc03-4e35-b4c8-5a032854413${n}`, nodeId: `7c1b9a52-1f0d-4c27-9d3b-64fd1a0c5e2${n}` },
  };
}

const own = (number: string, country: string, type: string) => ({
  number,
  account: AUTH_ID,
  carrier: 'simulator',
  country,
  type,
});
/** The value `run` of a run's payload makes it another room each time. */
const PHLO_ROOM = 'flow{{run}}';
const FOR_SALE = ['14155550260', '14155550261', '14155550262', '14155550263'];

export const coverageFixture = {
  accounts: [
    {
      ...unlimitedAccount,
      // Few enough for calls to wait, so that there are queued ones to look at.
      limits: { ...unlimitedAccount.limits, calls_per_second: 2, inbound_calls_per_second: 1000, call_requests_per_5s: 0 },
      geo: { sms: ['US', 'CA'], voice: ['US', 'CA'] },
    },
  ],
  numbers: tried.flatMap((sdk) => {
    const { numbers, tollFree, indian, shortCode } = numbersOf(sdk);
    return [
      ...numbers.map((number) => own(number, 'US', 'local')),
      ...tollFree.map((number) => own(number, 'US', 'tollfree')),
      own(indian, 'IN', 'local'),
      own(shortCode, 'US', 'shortcode'),
    ];
  }),
  phlos: tried.map((sdk) => {
    const { phlo, numbers } = numbersOf(sdk);
    return {
      phlo_id: phlo.id,
      account: AUTH_ID,
      name: `coverage of ${sdk}`,
      from: numbers[0],
      xml: `<Response><MultiPartyCall role="agent" stayAlone="true">${PHLO_ROOM}</MultiPartyCall></Response>`,
      nodes: [{ type: 'multi_party_call', name: PHLO_ROOM, node_id: phlo.nodeId }],
    };
  }),
  inventory: FOR_SALE.map((number) => ({
    number,
    country: 'US',
    type: 'local',
    city: 'San Francisco',
    region: 'California',
  })),
  compliance: { registry: { kind: 'automatic', delay_seconds: 0 } },
  // Whatever was recorded, it is understood as this.
  recognition: {
    engines: ['command'],
    command: { run: ['sh', '-c', 'cat > /dev/null; echo "three tones"'] },
  },
};

if (import.meta.main) process.stdout.write(stringify(coverageFixture));
