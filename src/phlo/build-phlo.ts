import { derivedUuid, isUuid } from '../runtime/ids.ts';
import { type NodeType, type Phlo, type PhloNode, type PhloSource, phloLimits } from './phlo.ts';
import type { BadDocument, PhloLanguage } from './phlo-language.ts';

/** What an operator or the configuration file says of a room. */
export interface DeclaredNode {
  readonly nodeId: string | undefined;
  readonly type: NodeType;
  readonly name: string;
  readonly voicemailUrl: string | undefined;
}

export interface PhloWish {
  readonly phloId: string;
  readonly accountId: string;
  readonly ownerId: string;
  readonly name: string;
  /** Digits. */
  readonly from: string | undefined;
  readonly source: PhloSource;
  readonly nodes: readonly DeclaredNode[];
  readonly createdAt: Date;
}

/** A PHLO with the rooms of its document; where nobody says otherwise a node's id is the same each time it is built. */
export function buildPhlo(wish: PhloWish, language: PhloLanguage): Phlo | BadDocument {
  const { phloId, accountId, ownerId, name, from, source, createdAt } = wish;
  const checked = source.kind === 'document' ? language.check(source.xml) : { nodes: [] };
  if ('reason' in checked) return checked;
  const nodes = new Map<string, PhloNode>();
  const add = (node: Omit<PhloNode, 'nodeId'> & { readonly nodeId: string | undefined }) => {
    const key = `${node.type} ${node.name}`;
    nodes.set(key, { ...node, nodeId: node.nodeId?.toLowerCase() ?? derivedUuid(phloId, key) });
  };
  for (const node of checked.nodes) add({ ...node, nodeId: undefined, voicemailUrl: null });
  for (const { voicemailUrl, ...node } of wish.nodes) add({ ...node, voicemailUrl: voicemailUrl ?? null });
  const all = [...nodes.values()];
  const wrong = all.find(({ nodeId }) => !isUuid(nodeId));
  if (wrong) return { reason: `the node_id of "${wrong.name}" is no UUID` };
  if (all.length > phloLimits.nodes) return { reason: `it has more than ${phloLimits.nodes} rooms` };
  if (new Set(all.map(({ nodeId }) => nodeId)).size < all.length) return { reason: 'two nodes have the same node_id' };
  return { phloId: phloId.toLowerCase(), accountId, ownerId, name, from: from ?? null, source, nodes: all, createdAt };
}
