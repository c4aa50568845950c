import { Type } from 'typebox';
import { defineCommand } from '../define.ts';
import { apiId, idInPath } from '../fields.ts';
import { createdOn } from './get-phlo.ts';

export const nodeInPath = { phlo_id: idInPath(), node_type: idInPath(), node_id: idInPath() };

/** GET /v1/phlo/{phlo_id}/{node_type}/{node_id} (account-numbers.md §15): a multiparty call or conference of the PHLO's XML. */
export const getPhloNode = defineCommand({
  name: 'get-phlo-node',
  summary: 'A multiparty call or conference of a PHLO',
  tag: 'PHLO',
  method: 'GET',
  path: 'Phlo/{phlo_id}/{node_type}/{node_id}/',
  aliases: ['/v1/phlo/{phlo_id}/{node_type}/{node_id}'],
  parameters: Type.Object(nodeInPath),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      node_id: Type.String({ format: 'uuid' }),
      phlo_id: Type.String({ format: 'uuid' }),
      name: Type.String(),
      node_type: Type.String(),
      created_on: Type.String(),
    }),
  },
  async run({ scope, parameters: given }, { phlos }) {
    const { phlo, node } = await phlos.findNode(scope, given.phlo_id, given.node_type, given.node_id);
    return {
      status: 200,
      body: {
        node_id: node.nodeId,
        phlo_id: phlo.phloId,
        name: node.name,
        node_type: node.type,
        created_on: createdOn(phlo.createdAt),
      },
    };
  },
});
