import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { noContent } from '../fields.ts';
import { mpcParameters, readMpcId } from './multiparty-selector.ts';

/** POST MultiPartyCall/{mpc_id}/ (multiparty-calls.md §4.3): one that waits becomes active. Python sends the status in an array. */
export const startMultiPartyCall = defineVoiceCommand({
  name: 'start-multiparty-call',
  summary: 'Start a multiparty call that waits for its start',
  tag: 'MultiPartyCall',
  method: 'POST',
  path: 'MultiPartyCall/{mpc_id}/',
  parameters: Type.Object({
    ...mpcParameters,
    status: Type.Union([Type.String(), Type.Array(Type.String(), { minItems: 1, maxItems: 1 })]),
  }),
  replies: { 204: noContent },
  async run({ scope, parameters }, { multiPartyCalls }) {
    const [status] = typeof parameters.status === 'string' ? [parameters.status] : parameters.status;
    if (status?.toLowerCase() !== 'active') {
      throw invalidParameter('status', 'status parameter is invalid: active is expected');
    }
    await multiPartyCalls.activate(scope, readMpcId(parameters.mpc_id));
    return { status: 204 };
  },
});
