import { type Static, Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import type { ParticipantRole } from '../../voice/multiparty/multiparty-plan.ts';
import type { StreamPlan } from '../../voice/streams/stream-plan.ts';
import { text, url } from '../fields.ts';
import { agentStreamPlan } from '../streams/agent-stream-plan.ts';
import { contentTypes, DEFAULT_CONTENT_TYPE, formatOf } from '../streams/stream-formats.ts';
import { isStreamUrl, MAX_EXTRA_HEADERS_BYTES, MAX_URL_LENGTH } from '../streams/stream-limits.ts';
import { readTarget, verb } from './verb.ts';

/** The application of an AI agent (audio-streaming.md §1). */
export const agentStreamParameters = {
  ai_agent_stream_service_url: Type.Optional(text(MAX_URL_LENGTH)),
  ai_agent_stream_content_type: Type.Optional(text(100)),
  ai_agent_stream_extra_headers: Type.Optional(text(MAX_EXTRA_HEADERS_BYTES)),
  ai_agent_stream_status_callback_url: Type.Optional(url()),
  ai_agent_stream_status_callback_method: verb(),
};
const shape = Type.Object(agentStreamParameters);

/** Undefined for every other role. @throws invalid_parameter */
export function readAgentStream(given: Static<typeof shape>, role: ParticipantRole): StreamPlan | undefined {
  const serviceUrl = given.ai_agent_stream_service_url?.trim();
  if (serviceUrl === undefined || role !== 'ai-agent') return undefined;
  if (!isStreamUrl(serviceUrl)) throw wrong('service_url', 'a ws or wss URL is expected');
  const format = formatOf(given.ai_agent_stream_content_type ?? DEFAULT_CONTENT_TYPE);
  if (!format) throw wrong('content_type', `one of ${contentTypes.join(', ')} is expected`);
  const extraHeaders = given.ai_agent_stream_extra_headers ?? '';
  if (Buffer.byteLength(extraHeaders) > MAX_EXTRA_HEADERS_BYTES)
    throw wrong('extra_headers', `at most ${MAX_EXTRA_HEADERS_BYTES} octets are expected`);
  const statusCallback = readTarget(
    given.ai_agent_stream_status_callback_url,
    'ai_agent_stream_status_callback_method',
    given.ai_agent_stream_status_callback_method,
    'POST',
  );
  return agentStreamPlan({ url: serviceUrl, format, extraHeaders, statusCallback });
}

const wrong = (what: string, expected: string) =>
  invalidParameter(`ai_agent_stream_${what}`, `ai_agent_stream_${what} parameter is invalid: ${expected}`);
