import type { FastifyInstance } from 'fastify';
import { invalidParameter, missingParameter } from '../errors/catalogue.ts';
import type { DeclaredNode } from '../phlo/build-phlo.ts';
import { nodeTypes, type Phlo, type PhloSource, phloLimits } from '../phlo/phlo.ts';
import type { PhloDesk } from '../phlo/phlo-desk.ts';
import { type Body, bodyOf, textOf } from './body.ts';

export type { PhloDesk };

interface OfId {
  Params: { id: string };
}

/**
 * PHLOs, under /phlos: `{account, name, xml | url, from?, nodes?: [{type, name, node_id?, voicemail_url?}], phlo_id?}`. The hosted service
 * has no request that makes one.
 */
export function registerPhlos(operator: FastifyInstance, desk: PhloDesk): void {
  operator.post('/phlos', async (request, reply) => {
    const body = bodyOf(request.body);
    const source = sourceOf(body);
    if (!source) throw missingParameter('xml');
    const made = await desk.create({
      phloId: textOf(body, 'phlo_id') || undefined,
      ownerId: required(body, 'account'),
      name: nameOf('name', required(body, 'name')),
      from: fromOf(body),
      source,
      nodes: nodesOf(body),
    });
    return reply.code(201).send({ api_id: request.id, message: 'created', ...shown(made) });
  });

  operator.get<{ Querystring: Readonly<Record<string, unknown>> }>('/phlos', async (request) => {
    const { account } = request.query;
    const found = await desk.list(typeof account === 'string' && account !== '' ? account : undefined);
    return { api_id: request.id, phlos: found.map(shown) };
  });

  operator.get<OfId>('/phlos/:id', async (request) => ({ api_id: request.id, ...shown(await desk.find(request.params.id)) }));

  operator.post<OfId>('/phlos/:id', async (request) => {
    const body = bodyOf(request.body);
    const name = textOf(body, 'name');
    const changed = await desk.update(request.params.id, {
      name: name === '' ? undefined : nameOf('name', name),
      from: body.get('from') === null ? null : fromOf(body),
      source: sourceOf(body),
      nodes: nodesOf(body),
    });
    return { api_id: request.id, message: 'changed', ...shown(changed) };
  });

  operator.delete<OfId>('/phlos/:id', async (request, reply) => {
    await desk.delete(request.params.id);
    return reply.code(204).send();
  });
}

const shown = ({ phloId, accountId, ownerId, name, from, source, nodes, createdAt }: Phlo) => ({
  phlo_id: phloId,
  account: accountId,
  subaccount: ownerId === accountId ? null : ownerId,
  name,
  from,
  xml: source.kind === 'document' ? source.xml : null,
  url: source.kind === 'url' ? source.url : null,
  nodes: nodes.map((node) => ({
    node_id: node.nodeId,
    type: node.type,
    name: node.name,
    voicemail_url: node.voicemailUrl,
  })),
  created_on: createdAt.toISOString(),
});

function required(body: Body, name: string): string {
  const given = textOf(body, name);
  if (given === '') throw missingParameter(name);
  return given;
}

function nameOf(parameter: string, given: string): string {
  if (given.length > phloLimits.name)
    throw invalidParameter(parameter, `${parameter} parameter is invalid: at most ${phloLimits.name} characters`);
  return given;
}

/** Undefined where neither is given. */
function sourceOf(body: Body): PhloSource | undefined {
  const xml = textOf(body, 'xml');
  const url = textOf(body, 'url');
  if (xml !== '' && url !== '') throw invalidParameter('url', 'url parameter is invalid: a PHLO has xml or url');
  if (xml !== '') return { kind: 'document', xml };
  return url === '' ? undefined : { kind: 'url', url: urlOf('url', url) };
}

function urlOf(parameter: string, given: string): string {
  if (given.length <= phloLimits.url && /^https?:\/\/\S+$/.test(given)) return given;
  throw invalidParameter(parameter, `${parameter} parameter is invalid: an http or https URL is expected`);
}

function fromOf(body: Body): string | undefined {
  const from = textOf(body, 'from').replace(/^\+/, '');
  if (from === '') return undefined;
  if (/^\d{3,15}$/.test(from)) return from;
  throw invalidParameter('from', 'from parameter is invalid: a number is expected');
}

function nodesOf(body: Body): readonly DeclaredNode[] | undefined {
  const given = body.get('nodes');
  if (given === undefined || given === null) return undefined;
  if (!Array.isArray(given)) throw invalidParameter('nodes', 'nodes parameter is invalid: a list is expected');
  return given.map((each: unknown) => {
    const node = bodyOf(each);
    const type = nodeTypes.find((known) => known === textOf(node, 'type'));
    if (!type) throw invalidParameter('nodes', `nodes parameter is invalid: one of ${nodeTypes.join(', ')} is expected as type`);
    const voicemail = textOf(node, 'voicemail_url');
    return {
      nodeId: textOf(node, 'node_id') || undefined,
      type,
      name: nameOf('nodes', required(node, 'name')),
      voicemailUrl: voicemail === '' ? undefined : urlOf('nodes', voicemail),
    };
  });
}
