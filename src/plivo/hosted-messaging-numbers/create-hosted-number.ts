import { Type } from 'typebox';
import { digitsOf } from '../campaign-numbers/campaign-number-object.ts';
import { makingOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { namedApplication } from '../ownership.ts';
import { hostedNumberObject, renderHostedNumber } from './hosted-number-object.ts';

/** POST HostedMessagingNumber/ (compliance.md §8). */
export const createHostedNumber = defineCommand({
  name: 'create-hosted-number',
  summary: 'Host a number of another provider for messaging',
  tag: 'HostedMessagingNumber',
  method: 'POST',
  path: 'HostedMessagingNumber/',
  parameters: Type.Object({ alias: text(), application_id: text(32), loa_id: text(64), number: text(32) }),
  replies: { 201: Type.Object({ api_id: apiId(), message: Type.String(), ...hostedNumberObject }) },
  async run(call, { compliance, applications }) {
    const given = call.parameters;
    const application = await namedApplication(call.scope, 'application_id', given.application_id, applications);
    const hosted = await compliance.hostedNumbers.create(makingOf(call), {
      alias: given.alias,
      number: digitsOf(given.number),
      appId: application.appId,
      loaId: given.loa_id,
    });
    return { status: 201, body: { message: 'created', ...renderHostedNumber(call.scope, hosted) } };
  },
});
