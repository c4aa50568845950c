import { type Static, Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import { reachOf } from '../../accounts/reach.ts';
import { invalidParameter, missingParameter } from '../../errors/catalogue.ts';
import {
  type NumberPriority,
  type PowerpackChange,
  poolServices,
  priorityCountries,
  type SenderClass,
  senderClasses,
} from '../../messaging/powerpacks/powerpack.ts';
import { flag, text } from '../fields.ts';
import { namedApplication } from '../ownership.ts';
import type { Services } from '../services.ts';

/** Two services and two countries, each of which may be said again. */
const MAX_PRIORITIES = 20;
const rank = () => Type.Optional(Type.Union([Type.String({ maxLength: 16 }), Type.Null()]));

export const powerpackParameters = {
  sticky_sender: flag(),
  local_connect: flag(),
  application_type: Type.Optional(Type.String({ pattern: '^([xX][mM][lL]|[pP][hH][lL][oO])$' })),
  application_id: Type.Optional(text(64)),
  number_priority: Type.Optional(
    Type.Array(
      Type.Object({
        service_type: Type.String({ maxLength: 8 }),
        country_iso: Type.String({ maxLength: 8 }),
        // The Node SDK writes its keys with one underscore more (sdks.md §3).
        priority: Type.Object({
          priority1: rank(),
          priority2: rank(),
          priority3: rank(),
          priority_1: rank(),
          priority_2: rank(),
          priority_3: rank(),
        }),
      }),
      { maxItems: MAX_PRIORITIES },
    ),
  ),
};

/** What can take what comes in. */
type InboundSources = Pick<Services, 'applications' | 'phlos'>;

const schema = Type.Object(powerpackParameters);
type Parameters = Static<typeof schema>;

/** What a request sets; `priorities` are only those that it names. */
export async function readPowerpack(
  scope: Scope,
  given: Parameters,
  sources: InboundSources,
): Promise<Omit<PowerpackChange, 'name'>> {
  return {
    ...(given.sticky_sender !== undefined && { stickySender: given.sticky_sender }),
    ...(given.local_connect !== undefined && { localConnect: given.local_connect }),
    ...(given.application_id !== undefined && { inbound: await readApplication(scope, given, given.application_id, sources) }),
    ...(given.number_priority !== undefined && { priorities: given.number_priority.map(readPriority) }),
  };
}

/** `none` takes the application away (messaging.md §7). */
async function readApplication(
  scope: Scope,
  given: Parameters,
  id: string,
  { applications, phlos }: InboundSources,
): Promise<NonNullable<PowerpackChange['inbound']>> {
  if (id.toLowerCase() === 'none') return { appId: null, phloId: null };
  if (given.application_type === undefined) throw missingParameter('application_type');
  if (given.application_type.toLowerCase() === 'phlo') {
    const phlo = await phlos.store.find(reachOf(scope), id);
    if (!phlo) throw invalidParameter('application_id', 'application_id parameter is invalid: the account has no such PHLO');
    return { appId: null, phloId: phlo.phloId };
  }
  return { appId: (await namedApplication(scope, 'application_id', id, applications)).appId, phloId: null };
}

type PriorityEntry = NonNullable<Parameters['number_priority']>[number];

function readPriority({ service_type, country_iso, priority }: PriorityEntry): NumberPriority {
  const service = poolServices.find((name) => name === service_type.toLowerCase());
  const countryIso = priorityCountries.find((name) => name === country_iso.toUpperCase());
  if (!service) throw wrong('service_type is one of SMS, MMS');
  if (!countryIso) throw wrong('country_iso is one of US, CA');
  const order = [
    priority.priority1 ?? priority.priority_1,
    priority.priority2 ?? priority.priority_2,
    priority.priority3 ?? priority.priority_3,
  ].flatMap((name) => readClass(name ?? ''));
  if (order.length === 0 || new Set(order).size < order.length) throw wrong('priority names each kind of number at most once');
  return { service, countryIso, order };
}

function readClass(name: string): readonly SenderClass[] {
  if (name === '') return [];
  const known = senderClasses.find((senderClass) => senderClass === name.toLowerCase());
  if (!known) throw wrong('a priority is one of shortcode, tollfree, longcode or null');
  return [known];
}

const wrong = (expected: string) => invalidParameter('number_priority', `number_priority parameter is invalid: ${expected}`);
