import { Type } from 'typebox';
import { defineVoiceCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';

/**
 * POST /v1/account/{auth_id}/phlo/{phlo_id} (account-numbers.md §15): any JSON object is the payload, whose values take the place of
 * placeholders in the PHLO's XML; `from` and `to` say who is called. The run's id is the request's.
 */
export const runPhlo = defineVoiceCommand({
  name: 'run-phlo',
  summary: 'Run a PHLO: make the call, or send the messages, of its XML',
  tag: 'PHLO',
  method: 'POST',
  path: 'Phlo/{phlo_id}/',
  aliases: ['/v1/account/{auth_id}/phlo/{phlo_id}'],
  rateBucket: 'call',
  ownsCallbackUrl: true,
  wholeBody: 'payload',
  parameters: Type.Object({
    phlo_id: idInPath(),
    payload: Type.Optional(Type.Object({}, { additionalProperties: true })),
  }),
  replies: {
    201: Type.Object({
      api_id: apiId(),
      phlo_run_id: Type.String({ format: 'uuid' }),
      phlo_id: Type.String({ format: 'uuid' }),
      message: Type.String(),
    }),
  },
  async run({ scope, apiId: runId, parameters, requesterIp }, { phlos }) {
    const phlo = await phlos.find(scope, parameters.phlo_id);
    const { callIds, messageIds, notes } = await phlos.runs.start(scope, phlo, {
      runId,
      payload: { ...parameters.payload },
      requesterIp,
    });
    const done =
      callIds.length > 0 ? `${counted(callIds.length, 'call')} fired` : `${counted(messageIds.length, 'message')} queued`;
    return {
      status: 201,
      body: { phlo_run_id: runId, phlo_id: phlo.phloId, message: [done, ...notes].join('; ') },
    };
  },
});

const counted = (count: number, what: string): string => `${count} ${what}${count === 1 ? '' : 's'}`;
