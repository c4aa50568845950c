import { Type } from 'typebox';
import { invalidParameter, missingParameter } from '../../errors/catalogue.ts';
import { nodeActions, readAction } from '../../phlo/node-actions.ts';
import { participantRoles } from '../../voice/multiparty/multiparty-plan.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { nodeInPath } from './get-phlo-node.ts';

/** SDKs read `error`; empty means that it is done (account-numbers.md §15). */
export const nodeDone = Type.Object({ api_id: apiId(), error: Type.Literal('') });

/** POST /v1/phlo/{phlo_id}/multi_party_call/{node_id} (account-numbers.md §15): brings somebody in, or transfers a call. */
export const updatePhloNode = defineVoiceCommand({
  name: 'update-phlo-node',
  summary: 'Call somebody into a multiparty call of a PHLO, or transfer one of its calls',
  tag: 'PHLO',
  method: 'POST',
  path: 'Phlo/{phlo_id}/{node_type}/{node_id}/',
  aliases: ['/v1/phlo/{phlo_id}/{node_type}/{node_id}'],
  rateBucket: 'call',
  parameters: Type.Object({
    ...nodeInPath,
    action: text(32),
    to: Type.Optional(text(600)),
    role: Type.Optional(text(20)),
    trigger_source: Type.Optional(text(600)),
  }),
  replies: { 201: nodeDone },
  async run({ scope, parameters: given, requesterIp }, { phlos }) {
    const { phlo, node } = await phlos.findNode(scope, given.phlo_id, given.node_type, given.node_id);
    const action = readAction(given.action, nodeActions);
    if (node.type !== 'multi_party_call')
      throw invalidParameter('action', 'action parameter is invalid: nobody can be called into a conference bridge');
    const { to, trigger_source: triggerSource } = given;
    if (to === undefined) throw missingParameter('to');
    if (triggerSource === undefined) throw missingParameter('trigger_source');
    const role = participantRoles.find((each) => each === (given.role ?? 'agent').trim().toLowerCase());
    if (!role) throw invalidParameter('role', `role parameter is invalid: one of ${participantRoles.join(', ')} is expected`);
    await phlos.multiPartyNodes.act(scope, phlo, node, { action, to, role, triggerSource, requesterIp });
    return { status: 201, body: { error: '' } };
  },
});
