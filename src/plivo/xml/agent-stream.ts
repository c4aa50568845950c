import type { ParticipantRole } from '../../voice/multiparty/multiparty-plan.ts';
import type { StreamPlan } from '../../voice/streams/stream-plan.ts';
import { agentStreamPlan } from '../streams/agent-stream-plan.ts';
import { contentTypes, formatOf, L16, type StreamFormat } from '../streams/stream-formats.ts';
import { isStreamUrl, MAX_EXTRA_HEADERS_BYTES, MAX_URL_LENGTH } from '../streams/stream-limits.ts';
import { type ElementReader, shown } from './element.ts';

export const AGENT_STREAM_ATTRIBUTES = [
  'aiAgentStreamServiceUrl',
  'aiAgentStreamContentType',
  'aiAgentStreamSamplingRate',
  'aiAgentStreamExtraHeaders',
  'aiAgentStreamStatusCallbackUrl',
  'aiAgentStreamStatusCallbackMethod',
] as const;

const DEFAULT_RATE = '8000';

/** The stream of an AI agent (multiparty-calls.md §6.1), within the limits of a Stream: what cannot be met refuses the document. */
export function agentStreamOf(element: ElementReader, role: ParticipantRole): StreamPlan | undefined {
  const url = element.value('aiAgentStreamServiceUrl');
  if (url === undefined) return undefined;
  if (role !== 'ai-agent') {
    element.note('has a stream of an AI agent, and another role: it does not stream');
    return undefined;
  }
  if (!isStreamUrl(url)) element.refuse(`needs a ws or wss URL as aiAgentStreamServiceUrl, not "${shown(url)}"`);
  if (url.length > MAX_URL_LENGTH) element.refuse(`has an aiAgentStreamServiceUrl of more than ${MAX_URL_LENGTH} characters`);
  const extraHeaders = element.raw('aiAgentStreamExtraHeaders') ?? '';
  if (Buffer.byteLength(extraHeaders) > MAX_EXTRA_HEADERS_BYTES)
    element.refuse(`has aiAgentStreamExtraHeaders of more than ${MAX_EXTRA_HEADERS_BYTES} octets`);
  const statusCallback = element.target('aiAgentStreamStatusCallbackUrl', 'aiAgentStreamStatusCallbackMethod');
  if (statusCallback && statusCallback.method !== 'GET' && statusCallback.method !== 'POST')
    element.refuse(`has aiAgentStreamStatusCallbackMethod="${shown(statusCallback.method)}", which is neither GET nor POST`);
  return agentStreamPlan({ url, format: formatIn(element), extraHeaders, statusCallback });
}

/** A rate of its own counts where the content type has none. */
function formatIn(element: ElementReader): StreamFormat {
  const type = element.value('aiAgentStreamContentType') ?? L16;
  const rate = element.value('aiAgentStreamSamplingRate') ?? DEFAULT_RATE;
  const value = type.includes('rate=') ? type : `${type};rate=${rate}`;
  return (
    formatOf(value) ?? element.refuse(`streams to its AI agent as "${shown(value)}", which is none of ${contentTypes.join(', ')}`)
  );
}
