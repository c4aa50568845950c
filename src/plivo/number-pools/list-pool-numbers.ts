import { Type } from 'typebox';
import { invalidParameter, missingParameter } from '../../errors/catalogue.ts';
import { callingCodeOf } from '../../numbers/country.ts';
import type { NumberType } from '../../numbers/number.ts';
import { defineCommand } from '../define.ts';
import { idInPath } from '../fields.ts';
import { pageParameters, readPage } from '../pagination.ts';
import {
  ownerOfPool,
  poolList,
  poolListReply,
  poolNumberObject,
  poolService,
  readService,
  showPoolNumber,
} from './pool-object.ts';

/** messaging.md §8: beginnings in one request. */
const MAX_PREFIXES = 10;

const TYPES: ReadonlyMap<string, readonly NumberType[]> = new Map<string, readonly NumberType[]>([
  ['fixed', ['fixed', 'local', 'national']],
  ['local', ['local']],
  ['national', ['national']],
  ['mobile', ['mobile']],
  ['toll-free', ['tollfree']],
  ['tollfree', ['tollfree']],
]);

/** GET NumberPool/{number_pool_uuid}/Number/, newest first. `starts_with` has beginnings without country code, joined by commas. */
export const listPoolNumbers = defineCommand({
  name: 'list-pool-numbers',
  summary: 'Numbers of a pool',
  tag: 'NumberPool',
  method: 'GET',
  path: 'NumberPool/{number_pool_uuid}/Number/',
  parameters: Type.Object({
    number_pool_uuid: idInPath(),
    starts_with: Type.Optional(Type.String({ maxLength: 200, pattern: '^[0-9, ]*$' })),
    country_iso2: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
    type: Type.Optional(Type.Union([...TYPES.keys()].map((name) => Type.Literal(name)))),
    service: poolService(),
    ...pageParameters,
  }),
  replies: { 200: poolListReply(Type.Object(poolNumberObject)) },
  async run({ scope, parameters }, { powerpacks, numberPoolStore }) {
    const page = readPage(parameters);
    const { number_pool_uuid, limit: _limit, offset: _offset, ...filters } = parameters;
    const { poolId } = await ownerOfPool(scope, number_pool_uuid, powerpacks);
    const service = readService(parameters.service);
    const countryIso = parameters.country_iso2?.toUpperCase();
    const filter = {
      types: parameters.type === undefined ? undefined : TYPES.get(parameters.type),
      prefixes: readPrefixes(parameters.starts_with, countryIso),
      countryIso,
      service,
    };
    const { total, items } = await numberPoolStore.list(poolId, 'number', filter, page);
    const shown = items.map((item) => showPoolNumber(scope, item, 'number', service));
    return poolList(scope, `NumberPool/${poolId}/Number/`, page, filters, { total, items: shown });
  },
});

function readPrefixes(given: string | undefined, countryIso: string | undefined): readonly string[] | undefined {
  const beginnings = (given ?? '').split(',').flatMap((entry) => entry.trim() || []);
  if (beginnings.length === 0) return undefined;
  if (beginnings.length > MAX_PREFIXES) {
    throw invalidParameter('starts_with', `starts_with parameter has more than ${MAX_PREFIXES} beginnings`);
  }
  if (countryIso === undefined) throw missingParameter('country_iso2');
  const code = callingCodeOf(countryIso);
  if (code === undefined) throw invalidParameter('country_iso2', 'country_iso2 parameter is invalid: there is no such country');
  return beginnings.map((beginning) => `${code}${beginning}`);
}
