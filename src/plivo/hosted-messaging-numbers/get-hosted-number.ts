import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { hostedNumberObject, renderHostedNumber } from './hosted-number-object.ts';

/** GET HostedMessagingNumber/{hosted_messaging_number_id}/ (compliance.md §8). */
export const getHostedNumber = defineCommand({
  name: 'get-hosted-number',
  summary: 'One hosted number',
  tag: 'HostedMessagingNumber',
  method: 'GET',
  path: 'HostedMessagingNumber/{hosted_messaging_number_id}/',
  parameters: Type.Object({ hosted_messaging_number_id: idInPath() }),
  replies: { 200: Type.Object({ api_id: apiId(), ...hostedNumberObject }) },
  async run({ scope, parameters }, { compliance }) {
    const hosted = await compliance.hostedNumbers.get(scope, parameters.hosted_messaging_number_id);
    return { status: 200, body: renderHostedNumber(scope, hosted) };
  },
});
