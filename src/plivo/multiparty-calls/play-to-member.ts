import { Type } from 'typebox';
import { missingParameter } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, url } from '../fields.ts';
import { memberParameters, readMembers, readMpcId } from './multiparty-selector.ts';

/** POST MultiPartyCall/{mpc_id}/Member/{member_id}/Play/ (multiparty-calls.md §4.12): one file. SDKs send `url`, the documents say `urls`. */
export const playToMember = defineVoiceCommand({
  name: 'play-to-member',
  summary: 'Play an audio file to members of a multiparty call',
  tag: 'MultiPartyCall',
  method: 'POST',
  path: 'MultiPartyCall/{mpc_id}/Member/{member_id}/Play/',
  parameters: Type.Object({
    ...memberParameters,
    url: Type.Optional(url()),
    urls: Type.Optional(Type.Union([url(), Type.Array(url(), { minItems: 1, maxItems: 1 })])),
  }),
  replies: {
    202: Type.Object({
      api_id: apiId(),
      message: Type.Literal('play queued into MPC'),
      mpcMemberId: Type.Array(Type.String()),
      mpcName: Type.String(),
    }),
  },
  async run({ scope, parameters: given }, { multiPartyCalls }) {
    const [wanted] = [given.url ?? given.urls].flat();
    if (wanted === undefined) throw missingParameter('url');
    const played = await multiPartyCalls.play(scope, readMpcId(given.mpc_id), readMembers(given.member_id), wanted);
    return { status: 202, body: { message: 'play queued into MPC', mpcMemberId: played.memberIds, mpcName: played.name } };
  },
});
