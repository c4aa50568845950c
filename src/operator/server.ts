import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyInstance } from 'fastify';
import type { VirtualPhones } from '../carriers/simulator/phones.ts';
import type { VoicePhones } from '../carriers/simulator/voice/voice-phones.ts';
import type { Compliance } from '../compliance/compliance.ts';
import { isWebAddress } from '../delivery/web-address.ts';
import { invalidParameter, notFound, Problem } from '../errors/catalogue.ts';
import type { CallTimelineStore } from '../timeline/call-timeline-store.ts';
import type { TimelineStore } from '../timeline/timeline-store.ts';
import type { VerifyApplicationDesk } from '../verification/application-desk.ts';
import { type BillingDesk, registerBilling } from './billing.ts';
import { type Body, bodyOf, textOf } from './body.ts';
import { type PhloDesk, registerPhlos } from './phlos.ts';
import { registerPhoneCalls } from './phone-calls.ts';
import { registerRegistry } from './registry.ts';
import { type PoolDesk, registerShortCodes } from './short-codes.ts';
import { registerVerifyApplications } from './verify-applications.ts';

export interface OperatorServices {
  readonly token: string;
  readonly phones: VirtualPhones;
  /** Undefined on a server that makes and takes no calls. */
  readonly voicePhones?: VoicePhones | undefined;
  readonly numberPools: PoolDesk;
  readonly compliance: Compliance;
  readonly billing: BillingDesk;
  readonly phlos: PhloDesk;
  readonly verifyApplications: VerifyApplicationDesk;
  readonly timeline: TimelineStore;
  readonly callTimeline: CallTimelineStore;
}

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const digest = (token: string) => createHash('sha256').update(token).digest();

/** The operator API under /ringdown/v1: JSON, bearer token. Errors have the form of the customers' API. */
export function registerOperatorApi(http: FastifyInstance, services: OperatorServices): void {
  const expected = digest(services.token);
  http.register(
    async (operator) => {
      operator.addHook('onRequest', async (request) => {
        const given = /^Bearer +(\S{1,512})$/i.exec(request.headers.authorization ?? '')?.[1] ?? '';
        if (!timingSafeEqual(digest(given), expected))
          throw new Problem('authentication_failed', 'the operator token is missing or wrong');
      });

      operator.post<{ Params: { number: string } }>('/phones/:number/messages', async (request, reply) => {
        const body = bodyOf(request.body);
        const to = textOf(body, 'to');
        const text = textOf(body, 'text');
        await services.phones.text(request.params.number, to.replace(/^\+/, ''), text, urlsOf(body));
        return reply.code(202).send({ api_id: request.id, message: 'message received' });
      });

      operator.get<{ Params: { number: string } }>('/phones/:number/messages', async (request) => {
        const messages = await services.phones.receive(request.params.number);
        return {
          api_id: request.id,
          messages: messages.map((message) => ({
            message_uuid: message.messageId,
            from: message.from,
            to: message.phone,
            type: message.service,
            text: message.text,
            media_urls: message.mediaUrls,
            received_at: new Date(message.receivedAt).toISOString(),
          })),
        };
      });

      registerShortCodes(operator, services.numberPools);
      registerRegistry(operator, services.compliance);
      registerBilling(operator, services.billing);
      registerPhlos(operator, services.phlos);
      registerVerifyApplications(operator, services.verifyApplications);

      if (services.voicePhones) registerPhoneCalls(operator, services.voicePhones);

      operator.get<{ Params: { uuid: string } }>('/timeline/:uuid', async (request) => {
        const { uuid } = request.params;
        const shown = UUID.test(uuid)
          ? ((await messageTimeline(services, uuid)) ?? (await callTimeline(services, uuid)))
          : undefined;
        if (!shown) throw notFound();
        return { api_id: request.id, ...shown };
      });
    },
    { prefix: '/ringdown/v1' },
  );
}

async function messageTimeline({ timeline: store }: Pick<OperatorServices, 'timeline'>, uuid: string) {
  const timeline = await store.ofMessage(uuid);
  return (
    timeline && {
      uuid: timeline.id,
      kind: 'message',
      account: timeline.accountId,
      direction: timeline.direction,
      type: timeline.service,
      state: timeline.state,
      from: timeline.from,
      to: timeline.to,
      error_code: timeline.errorCode,
      units: timeline.units,
      queue: timeline.queue,
      entries: timeline.entries,
    }
  );
}

async function callTimeline({ callTimeline: store }: Pick<OperatorServices, 'callTimeline'>, uuid: string) {
  const timeline = await store.ofCall(uuid);
  return (
    timeline && {
      uuid: timeline.id,
      kind: 'call',
      account: timeline.accountId,
      direction: timeline.direction,
      state: timeline.state,
      from: timeline.from,
      to: timeline.to,
      parent_call_uuid: timeline.parentCallId,
      carrier: timeline.carrier,
      hangup_cause_code: timeline.hangupCode,
      hangup_source: timeline.hangupSource,
      entries: timeline.entries,
    }
  );
}

function urlsOf(body: Body): readonly string[] {
  const value = body.get('media_urls');
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value))
    throw invalidParameter('media_urls', 'media_urls parameter is invalid: an array of URLs is expected');
  return value.map((url: unknown) => {
    if (typeof url !== 'string' || !isWebAddress(url)) {
      throw invalidParameter('media_urls', 'media_urls parameter is invalid: an array of URLs is expected');
    }
    return url;
  });
}
