import type { FastifyInstance } from 'fastify';
import { reachOf } from '../accounts/reach.ts';
import { NODE_MESSAGE_PATH, type NodeMessages, NodeUnreachable } from '../cluster/node-messages.ts';
import type { NodeStore, OtherNode } from '../cluster/node-store.ts';
import type { OwnerStore } from '../cluster/owner-store.ts';
import { Problem } from '../errors/catalogue.ts';
import type { AnyCommand, Call, RawParameters, Reply } from './command.ts';
import { renderError, toProblem } from './errors.ts';
import { homeOf } from './home.ts';
import { readMpcId } from './multiparty-calls/multiparty-selector.ts';
import type { Services } from './services.ts';
import { type StoredScope, scopeOf } from './stored-scope.ts';

type RunCall = Omit<Call<unknown>, 'parameters'>;

/** A request as it is told to another node: it was authenticated, counted and checked where it came in. */
interface ToldRequest extends StoredScope, Pick<RunCall, 'apiId' | 'requesterIp' | 'userAgent' | 'now'> {
  readonly command: string;
  readonly parameters: RawParameters;
  readonly idempotencyKey?: string | undefined;
}

export interface ForwardingOptions {
  readonly node: string;
  readonly nodes: Pick<NodeStore, 'others'>;
  readonly owners: Pick<OwnerStore, 'ofCall' | 'ofMultiParty'>;
  readonly messages: Pick<NodeMessages, 'ask' | 'open'>;
}

/** A message holds the largest request body in JSON escapes. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
const RETRY_AFTER_S = 5;
const NOT_FOUND = 404;

/**
 * Takes requests to the node that can serve them: a live call or multiparty call is on one node, a conference of that name may be on any.
 * What another node has told is served here, so that no request goes on further than once.
 */
export class Forwarding {
  readonly #options: ForwardingOptions;
  readonly #commands = new Map<string, AnyCommand>();

  constructor(options: ForwardingOptions) {
    this.#options = options;
  }

  /** The reply of whichever node has what the request is about. Throws what `here` throws. @throws Problem `unavailable` */
  async serve(
    command: AnyCommand,
    raw: RawParameters,
    call: RunCall,
    services: Services,
    here: () => Promise<Reply>,
  ): Promise<Reply> {
    const home = homeOf(command);
    if (home === 'any') return here();
    if (home === 'every') return this.#everywhere(command, raw, call, services, here);
    if (home === 'conference') return this.#whereverFound(command, raw, call, services, here);
    const reach = reachOf(call.scope);
    const named = String(raw[home.parameter]);
    const { owners } = this.#options;
    const owner = home.of === 'call' ? await owners.ofCall(reach, named) : await owners.ofMultiParty(reach, selectorOf(named));
    if (owner === undefined || owner === this.#options.node) return here();
    const node = (await this.#others(services)).find(({ id }) => id === owner);
    if (!node) throw unreachable();
    return this.#tell(node, command, raw, call, services);
  }

  /** The door for the other nodes. */
  listen(http: FastifyInstance, commands: readonly AnyCommand[], services: Services): void {
    for (const command of commands) this.#commands.set(command.name, command);
    http.post(NODE_MESSAGE_PATH, { bodyLimit: MAX_MESSAGE_BYTES }, async (request, reply) => {
      const text = this.#options.messages.open(request.body);
      if (text === undefined) throw new Problem('authentication_failed', 'no other node says this');
      const told: ToldRequest = JSON.parse(text);
      return reply.send(await this.#serveTold(told, services));
    });
  }

  async #serveTold({ command: name, parameters, ...told }: ToldRequest, services: Services): Promise<Reply> {
    const command = this.#commands.get(name);
    try {
      if (!command) throw new Problem('not_found', 'not found');
      const scope = await scopeOf(services.directory, told);
      const run = command.prepare(parameters);
      return await run({ ...told, scope, files: [], idempotencyKey: told.idempotencyKey }, services);
    } catch (error) {
      const { status, body } = renderError(toProblem(error, told.apiId, services.log), told.apiId);
      return { status, body };
    }
  }

  /** Here, and where it is not found here, wherever it is found. */
  async #whereverFound(...[command, raw, call, services, here]: Parameters<Forwarding['serve']>): Promise<Reply> {
    try {
      return await here();
    } catch (error) {
      if (!(error instanceof Problem && error.code === 'not_found')) throw error;
      const others = await this.#others(services);
      const asked = await Promise.allSettled(others.map((node) => this.#tell(node, command, raw, call, services)));
      const found = asked.find((one) => one.status === 'fulfilled' && one.value.status !== NOT_FOUND);
      if (found?.status === 'fulfilled') return found.value;
      throw asked.find((one) => one.status === 'rejected')?.reason ?? error;
    }
  }

  /** On every node; lists are joined. A list leaves out a node that does not answer; what is to be done is done on all of them, or refused. */
  async #everywhere(...[command, raw, call, services, here]: Parameters<Forwarding['serve']>): Promise<Reply> {
    const others = await this.#others(services);
    const tell = (node: OtherNode) => this.#tell(node, command, raw, call, services);
    const mayLeaveOut = command.method === 'GET';
    const [own, ...asked] = await Promise.all([
      here(),
      ...others.map((node) => (mayLeaveOut ? tell(node).catch(() => undefined) : tell(node))),
    ]);
    const replies = asked.filter((reply) => reply !== undefined);
    const failed = replies.find(({ status }) => status >= 400);
    return failed ?? { ...own, ...(own.body && { body: joined([own, ...replies]) }) };
  }

  #others(services: Services): Promise<readonly OtherNode[]> {
    return this.#options.nodes.others(this.#options.node, services.clock.now());
  }

  async #tell(node: OtherNode, command: AnyCommand, raw: RawParameters, call: RunCall, services: Services): Promise<Reply> {
    const { scope, apiId, requesterIp, userAgent, now, idempotencyKey } = call;
    const { authId, byMainAccount } = scope;
    const about = { authId, byMainAccount, apiId, requesterIp, userAgent, now, idempotencyKey };
    const told: ToldRequest = { ...about, command: command.name, parameters: raw };
    try {
      const reply: Reply = JSON.parse(await this.#options.messages.ask(node.address, JSON.stringify(told)));
      return reply;
    } catch (error) {
      if (!(error instanceof NodeUnreachable)) throw error;
      services.log.warn({ api_id: apiId, node: node.id, reason: error.message }, 'another node was not reached');
      throw unreachable();
    }
  }
}

const unreachable = () =>
  new Problem('unavailable', 'the node that has this does not answer, try again', { retryAfterSeconds: RETRY_AFTER_S });

/** As `readMpcId` reads it; what it refuses is refused by the command. */
function selectorOf(given: string): { readonly by: 'id' | 'name'; readonly value: string } {
  const which = readMpcId(given);
  return which.by === 'id' ? { by: 'id', value: which.id } : { by: 'name', value: which.name };
}

/** Bodies of the same command: arrays are joined, anything else is the first one's. */
function joined(replies: readonly Reply[]): Readonly<Record<string, unknown>> {
  const all = replies.flatMap(({ body }) => (body === undefined ? [] : [body]));
  return Object.fromEntries(
    Object.entries(all[0] ?? {}).map(([name, value]) => {
      if (!Array.isArray(value)) return [name, value];
      return [name, [...new Set(all.flatMap((body) => (Array.isArray(body[name]) ? body[name] : [])))]];
    }),
  );
}
