/** Kinds of nodes that requests can act on: what their elements are called in the API (account-numbers.md §15). */
export const nodeTypes = ['multi_party_call', 'conference_bridge'] as const;
export type NodeType = (typeof nodeTypes)[number];

/** A room of a PHLO's document. */
export interface PhloNode {
  readonly nodeId: string;
  readonly type: NodeType;
  /** Of the multiparty call or conference, with placeholders as in the document. */
  readonly name: string;
  /** Audio that a member hears who is left with a mailbox. */
  readonly voicemailUrl: string | null;
}

/** What a PHLO's calls run: XML with placeholders, or a URL with them. */
export type PhloSource = { readonly kind: 'document'; readonly xml: string } | { readonly kind: 'url'; readonly url: string };

/** A stored flow that a request runs. */
export interface Phlo {
  readonly phloId: string;
  readonly accountId: string;
  /** The subaccount it belongs to, or the account itself. */
  readonly ownerId: string;
  readonly name: string;
  /** Digits; null = each run names its own. */
  readonly from: string | null;
  readonly source: PhloSource;
  readonly nodes: readonly PhloNode[];
  readonly createdAt: Date;
}

/** A node of a document, before it has an id. */
export type NodeName = Pick<PhloNode, 'type' | 'name'>;

/** Bounds of what a PHLO may be. The document's is that of every XML answer. */
export const phloLimits = { name: 255, nodes: 50, document: 100 * 1024, url: 2048 } as const;
