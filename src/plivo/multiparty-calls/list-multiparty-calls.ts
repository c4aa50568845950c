import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { pageParameters, readPage, subaccountFilter } from '../pagination.ts';
import { creationTimeParameters, endTimeParameters, readTimeBounds, searchRange } from '../time-filter.ts';
import { countedMeta, countedReply } from './multiparty-list.ts';
import { multiPartyObject, renderMultiParty } from './multiparty-object.ts';

const STATES = ['initialized', 'active', 'ended'] as const;

/**
 * GET MultiPartyCall/ (multiparty-calls.md §4.1): the newest first. Of those that have ended the ones of the last seven days, unless
 * it is said of when; those that have not ended are all in it.
 */
export const listMultiPartyCalls = defineVoiceCommand({
  name: 'list-multiparty-calls',
  summary: 'Multiparty calls: live, and ended in the last 7 days or in a range of at most 30',
  tag: 'MultiPartyCall',
  method: 'GET',
  path: 'MultiPartyCall/',
  parameters: Type.Object({
    ...pageParameters,
    ...endTimeParameters,
    ...creationTimeParameters,
    sub_account: Type.Optional(text(20)),
    friendly_name: Type.Optional(text()),
    status: Type.Optional(text(20)),
    termination_cause_code: Type.Optional(Type.Integer()),
  }),
  replies: { 200: Type.Object({ api_id: apiId(), meta: countedMeta, objects: Type.Array(Type.Object(multiPartyObject)) }) },
  async run({ scope, parameters, now }, { multiPartyCalls }) {
    const page = readPage(parameters);
    const { limit: _limit, offset: _offset, ...filters } = parameters;
    const created = readTimeBounds('creation_time', parameters);
    const isByCreation = created.fromMs !== undefined || created.toMs !== undefined;
    const isByEnd = Object.keys(parameters).some((name) => name.startsWith('end_time'));
    const ended = isByCreation && !isByEnd ? undefined : searchRange('end_time', parameters, now);
    const found = await multiPartyCalls.list(
      scope,
      {
        ownerId: subaccountFilter(scope, parameters.sub_account, 'sub_account'),
        name: parameters.friendly_name,
        state: readState(parameters.status),
        terminationCode: parameters.termination_cause_code,
        createdFromMs: created.fromMs,
        createdToMs: created.toMs,
        endedFromMs: ended?.fromMs,
        endedToMs: ended?.toMs,
      },
      page,
    );
    const items = found.items.map((record) => renderMultiParty(scope, record));
    return countedReply(scope, 'MultiPartyCall/', page, filters, { total: found.total, items });
  },
});

function readState(given: string | undefined): (typeof STATES)[number] | undefined {
  if (given === undefined) return undefined;
  const state = STATES.find((each) => each === given.toLowerCase());
  if (state) return state;
  throw invalidParameter('status', `status parameter is invalid: one of ${STATES.join(', ')} is expected`);
}
