import { Type } from 'typebox';
import { isUuid } from '../../runtime/ids.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { pageParameters, readPage } from '../pagination.ts';
import { countedMeta, countedReply } from './multiparty-list.ts';
import { mpcParameters, mpcPath, readMpcId } from './multiparty-selector.ts';
import { participantObject, renderParticipant } from './participant-object.ts';

/** GET MultiPartyCall/{mpc_id}/Participant/ (multiparty-calls.md §4.6): by name who is in, by id also who has left. */
export const listParticipants = defineVoiceCommand({
  name: 'list-participants',
  summary: 'Participants of a multiparty call',
  tag: 'MultiPartyCall',
  method: 'GET',
  path: 'MultiPartyCall/{mpc_id}/Participant/',
  parameters: Type.Object({ ...mpcParameters, ...pageParameters, call_uuid: Type.Optional(text(64)) }),
  replies: { 200: Type.Object({ api_id: apiId(), meta: countedMeta, objects: Type.Array(Type.Object(participantObject)) }) },
  async run({ scope, parameters }, { multiPartyCalls }) {
    const page = readPage(parameters);
    const which = readMpcId(parameters.mpc_id);
    const callId = parameters.call_uuid;
    // What is no id is no call's, but the multiparty call must be there all the same.
    const isNobodys = callId !== undefined && !isUuid(callId);
    if (isNobodys) await multiPartyCalls.find(scope, which);
    const found = isNobodys ? { total: 0, items: [] } : await multiPartyCalls.participants(scope, which, { callId }, page);
    const items = found.items.map((record) => renderParticipant(scope, which, record));
    return countedReply(scope, `${mpcPath(which)}Participant/`, page, { call_uuid: callId }, { total: found.total, items });
  },
});
