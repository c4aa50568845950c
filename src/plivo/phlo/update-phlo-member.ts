import { Type } from 'typebox';
import { memberActions, readAction } from '../../phlo/node-actions.ts';
import { defineVoiceCommand } from '../define.ts';
import { text } from '../fields.ts';
import { nodeInPath } from './get-phlo-node.ts';
import { nodeDone } from './update-phlo-node.ts';

/**
 * POST /v1/phlo/{phlo_id}/{node_type}/{node_id}/members/{member_address} (account-numbers.md §15): the member is named by its number or
 * SIP address. One SDK says `action` in the query.
 */
export const updatePhloMember = defineVoiceCommand({
  name: 'update-phlo-member',
  summary: 'Hold, mute, hang up a member of a room of a PHLO, or end its transfer',
  tag: 'PHLO',
  method: 'POST',
  path: 'Phlo/{phlo_id}/{node_type}/{node_id}/members/{member_address}/',
  aliases: ['/v1/phlo/{phlo_id}/{node_type}/{node_id}/members/{member_address}'],
  parameters: Type.Object({ ...nodeInPath, member_address: text(600), action: text(32) }),
  replies: { 201: nodeDone },
  async run({ scope, parameters: given }, { phlos }) {
    const { phlo, node } = await phlos.findNode(scope, given.phlo_id, given.node_type, given.node_id);
    const action = readAction(given.action, memberActions);
    const nodes = node.type === 'multi_party_call' ? phlos.multiPartyNodes : phlos.conferenceNodes;
    await nodes.actOnMember(scope, phlo, node, given.member_address, action);
    return { status: 201, body: { error: '' } };
  },
});
