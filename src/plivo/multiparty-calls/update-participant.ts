import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, flag } from '../fields.ts';
import { memberParameters, readMembers, readMpcId } from './multiparty-selector.ts';

/** POST MultiPartyCall/{mpc_id}/Participant/{member_id}/ (multiparty-calls.md §4.8). The reply has a text for each thing that was changed. */
export const updateParticipant = defineVoiceCommand({
  name: 'update-participant',
  summary: 'Mute, hold or coach: change participants of a multiparty call',
  tag: 'MultiPartyCall',
  method: 'POST',
  path: 'MultiPartyCall/{mpc_id}/Participant/{member_id}/',
  parameters: Type.Object({
    ...memberParameters,
    mute: flag(),
    hold: flag(),
    coach_mode: flag(),
    disable_state_change_sound: flag(),
  }),
  replies: {
    202: Type.Object({
      api_id: apiId(),
      mute: Type.Optional(Type.String()),
      hold: Type.Optional(Type.String()),
      coach_mode: Type.Optional(Type.String()),
    }),
  },
  async run({ scope, parameters: given }, { multiPartyCalls }) {
    const { mute, hold, coach_mode: coach } = given;
    const members = readMembers(given.member_id);
    if (mute === undefined && hold === undefined && coach === undefined) {
      throw invalidParameter('mute', 'at least one of the parameters mute, hold and coach_mode is expected');
    }
    if (coach !== undefined && members === 'all') {
      throw invalidParameter('coach_mode', 'coach_mode parameter is invalid: it cannot be changed for all participants');
    }
    const change = { mute, hold, coach, silently: given.disable_state_change_sound ?? false };
    const { name } = await multiPartyCalls.update(scope, readMpcId(given.mpc_id), members, change);
    return {
      status: 202,
      body: {
        ...(mute === undefined ? {} : { mute: `MPC: ${name} mute/unmute member(s) succeeded` }),
        ...(hold === undefined ? {} : { hold: `MPC: ${name} hold/unhold member(s) succeeded` }),
        ...(coach === undefined ? {} : { coach_mode: `MPC: ${name} coach_mode enable/disable succeeded` }),
      },
    };
  },
});
