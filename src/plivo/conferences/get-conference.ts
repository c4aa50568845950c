import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';

const member = Type.Object({
  muted: Type.Boolean(),
  member_id: Type.String(),
  deaf: Type.Boolean(),
  from: Type.String(),
  to: Type.String(),
  caller_name: Type.String(),
  direction: Type.String(),
  call_uuid: Type.String(),
  join_time: Type.String(),
});

/** GET Conference/{conference_name}/ (voice-api.md §8). Numbers and seconds are strings there. */
export const getConference = defineVoiceCommand({
  name: 'get-conference',
  summary: 'One conference with its members',
  tag: 'Conference',
  method: 'GET',
  path: 'Conference/{conference_name}/',
  parameters: Type.Object({ conference_name: text() }),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      conference_name: Type.String(),
      conference_run_time: Type.String(),
      conference_member_count: Type.String(),
      members: Type.Array(member),
    }),
  },
  async run({ scope, now, parameters }, { conferences }) {
    const conference = await conferences.find(scope, parameters.conference_name);
    const secondsSince = (ms: number) => String(Math.max(0, Math.floor((now - ms) / 1_000)));
    return {
      status: 200,
      body: {
        conference_name: conference.name,
        conference_run_time: secondsSince(conference.createdAt),
        conference_member_count: String(conference.members.length),
        members: conference.members.map((each) => ({
          muted: each.muted,
          member_id: each.id,
          deaf: each.deaf,
          from: each.from,
          to: each.to,
          caller_name: each.callerName,
          direction: each.direction,
          call_uuid: each.callId,
          join_time: secondsSince(each.joinedAt),
        })),
      },
    };
  },
});
