import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { notFound } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { callObject, liveCallObject, queuedCallObject, renderCall, renderLiveCall, renderQueuedCall } from './call-object.ts';

/** GET Call/{call_uuid}/ (voice-api.md §4.3): the record of a call that has ended; with `status` a live or queued one. */
export const getCall = defineVoiceCommand({
  name: 'get-call',
  summary: 'One call: its record when it has ended, or what is known of it while it is live or queued',
  tag: 'Call',
  method: 'GET',
  path: 'Call/{call_uuid}/',
  parameters: Type.Object({
    call_uuid: idInPath(),
    status: Type.Optional(Type.Union([Type.Literal('live'), Type.Literal('queued')])),
  }),
  replies: {
    200: Type.Union([
      Type.Object({ api_id: apiId(), ...callObject }),
      Type.Object({ api_id: apiId(), ...liveCallObject }),
      Type.Object({ api_id: apiId(), ...queuedCallObject }),
    ]),
  },
  async run({ scope, parameters: { call_uuid: callId, status } }, { callRecords, openCalls }) {
    if (status === undefined) {
      const record = await callRecords.find(reachOf(scope), callId);
      if (!record) throw notFound();
      return { status: 200, body: renderCall(scope, record) };
    }
    const open = await openCalls.find(reachOf(scope), callId);
    if (!open || (open.state === 'queued') !== (status === 'queued')) throw notFound();
    return { status: 200, body: status === 'queued' ? renderQueuedCall(open) : renderLiveCall(open) };
  },
});
