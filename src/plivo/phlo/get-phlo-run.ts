import { Type } from 'typebox';
import { notFound } from '../../errors/catalogue.ts';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { createdOn } from './get-phlo.ts';

const ids = () => Type.Array(Type.String({ format: 'uuid' }));

/** GET /v1/phlo/{phlo_id}/runs/{run_id} (account-numbers.md §15): what the run has made. */
export const getPhloRun = defineCommand({
  name: 'get-phlo-run',
  summary: 'A run of a PHLO, with its calls, messages and recordings',
  tag: 'PHLO',
  method: 'GET',
  path: 'Phlo/{phlo_id}/runs/{run_id}/',
  aliases: ['/v1/phlo/{phlo_id}/runs/{run_id}'],
  parameters: Type.Object({ phlo_id: idInPath(), run_id: idInPath() }),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      phlo_id: Type.String({ format: 'uuid' }),
      run_id: Type.String({ format: 'uuid' }),
      status: Type.Union([Type.Literal('running'), Type.Literal('completed')]),
      call_uuids: ids(),
      message_uuids: ids(),
      recording_ids: ids(),
      created_on: Type.String(),
    }),
  },
  async run({ scope, parameters }, { phlos }) {
    const phlo = await phlos.find(scope, parameters.phlo_id);
    const run = await phlos.runs.find(phlo, parameters.run_id);
    // A subaccount sees what it has run itself.
    if (!run || (scope.subaccount && run.ownerId !== scope.subaccount.authId)) throw notFound();
    return {
      status: 200,
      body: {
        phlo_id: run.phloId,
        run_id: run.runId,
        status: run.isRunning ? 'running' : 'completed',
        call_uuids: run.callIds,
        message_uuids: run.messageIds,
        recording_ids: run.recordingIds,
        created_on: createdOn(run.createdAt),
      },
    };
  },
});
