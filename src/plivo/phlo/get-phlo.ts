import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { utcTime } from '../times.ts';

/** `2024-03-04 05:06:07.123000+00:00` */
export const createdOn = (time: Date): string => `${utcTime(time)}+00:00`;

/** GET /v1/phlo/{phlo_id} (account-numbers.md §15): a path without account. */
export const getPhlo = defineCommand({
  name: 'get-phlo',
  summary: 'A PHLO',
  tag: 'PHLO',
  method: 'GET',
  path: 'Phlo/{phlo_id}/',
  aliases: ['/v1/phlo/{phlo_id}'],
  parameters: Type.Object({ phlo_id: idInPath() }),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      phlo_id: Type.String({ format: 'uuid' }),
      name: Type.String(),
      created_on: Type.String(),
    }),
  },
  async run({ scope, parameters }, { phlos }) {
    const { phloId, name, createdAt } = await phlos.find(scope, parameters.phlo_id);
    return { status: 200, body: { phlo_id: phloId, name, created_on: createdOn(createdAt) } };
  },
});
