import type { FastifyInstance } from 'fastify';
import type { PhoneCallReport } from '../carriers/simulator/voice/phone-call.ts';
import type { VoicePhones } from '../carriers/simulator/voice/voice-phones.ts';
import { invalidParameter } from '../errors/catalogue.ts';
import type { DigitMethod } from '../media/media-engine.ts';
import { bodyOf, textOf } from './body.ts';
import { readPhoneScript } from './phone-script.ts';

const METHODS: readonly DigitMethod[] = ['rfc4733', 'inband', 'info'];

interface OfPhone {
  Params: { number: string };
}

interface OfCall {
  Params: { number: string; id: string };
}

/** Calls of virtual phones, under /phones. */
export function registerPhoneCalls(operator: FastifyInstance, phones: VoicePhones): void {
  operator.post<OfPhone>('/phones/:number/calls', async (request, reply) => {
    const body = bodyOf(request.body);
    const script = readPhoneScript(body.get('script'), 'calling');
    const id = await phones.call(request.params.number, textOf(body, 'to'), script);
    return reply.code(202).send({ api_id: request.id, message: 'call placed', call_id: id });
  });

  operator.get<OfPhone>('/phones/:number/calls', async (request) => ({
    api_id: request.id,
    calls: phones.calls(request.params.number).map(shown),
  }));

  operator.put<OfPhone>('/phones/:number/script', async (request, reply) => {
    const script = readPhoneScript(bodyOf(request.body).get('script'), 'called');
    phones.behave(request.params.number, script);
    return reply.code(202).send({ api_id: request.id, message: script ? 'script set' : 'script removed' });
  });

  operator.post<OfCall>('/phones/:number/calls/:id/digits', async (request, reply) => {
    const body = bodyOf(request.body);
    const { number, id } = request.params;
    phones.press(number, id, textOf(body, 'digits'), methodOf(textOf(body, 'method')));
    return reply.code(202).send({ api_id: request.id, message: 'digits pressed' });
  });

  operator.post<OfCall>('/phones/:number/calls/:id/hangup', async (request, reply) => {
    phones.hangUp(request.params.number, request.params.id);
    return reply.code(202).send({ api_id: request.id, message: 'call hung up' });
  });
}

function methodOf(given: string): DigitMethod {
  const method = METHODS.find((one) => one === (given || 'rfc4733'));
  if (!method) throw invalidParameter('method', `method parameter is invalid: one of ${METHODS.join(', ')} is expected`);
  return method;
}

const timeOf = (at: number | undefined): string | null => (at === undefined ? null : new Date(at).toISOString());

function shown(call: PhoneCallReport) {
  return {
    call_id: call.id,
    direction: call.direction,
    from: call.from,
    to: call.to,
    headers: call.headers,
    state: call.state,
    started_at: timeOf(call.startedAt),
    answered_at: timeOf(call.answeredAt),
    ended_at: timeOf(call.endedAt),
    ended_by: call.end?.by ?? null,
    sip_status: call.end?.status ?? null,
    reason: call.end?.reason ?? null,
    script_error: call.scriptError ?? null,
    digits: call.digits.map(({ digit, method, at }) => ({ digit, method, at: timeOf(at) })),
    heard: call.heard.map(({ kind, fromMs, ms, hz, levelDbov }) => ({
      kind,
      from_ms: fromMs,
      ms,
      hz: hz ?? null,
      level_dbov: levelDbov,
    })),
  };
}
