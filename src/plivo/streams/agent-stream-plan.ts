import type { ElementUrl } from '../../voice/document.ts';
import type { StreamPlan } from '../../voice/streams/stream-plan.ts';
import type { StreamFormat } from './stream-formats.ts';
import { DEFAULT_TIMEOUT_S } from './stream-limits.ts';

/** What may be said of the stream of an AI agent (multiparty-calls.md §6.1). */
interface AgentStreamWish {
  readonly url: string;
  readonly format: StreamFormat;
  readonly extraHeaders: string;
  readonly statusCallback: ElementUrl | undefined;
}

/** The rest is as it has to be: both ways, and for as long as the participant stays. */
export const agentStreamPlan = ({ url, format, extraHeaders, statusCallback }: AgentStreamWish): StreamPlan => ({
  url,
  bidirectional: true,
  track: 'inbound',
  timeoutMs: DEFAULT_TIMEOUT_S * 1_000,
  ...format,
  extraHeaders,
  statusCallback,
  noiseLevel: undefined,
  keepCallAlive: false,
});
