import type { StreamElement } from '../../voice/document.ts';
import type { StreamPlan } from '../../voice/streams/stream-plan.ts';
import { contentTypes, DEFAULT_CONTENT_TYPE, formatOf } from '../streams/stream-formats.ts';
import {
  DEFAULT_TIMEOUT_S,
  isStreamUrl,
  MAX_EXTRA_HEADERS_BYTES,
  MAX_TIMEOUT_S,
  MAX_URL_LENGTH,
  NOISE_LEVEL,
} from '../streams/stream-limits.ts';
import { type ElementDefinition, type ElementReader, shown } from './element.ts';

const TRACKS = ['inbound', 'outbound', 'both'] as const;

/** Streams the call's audio to a WebSocket (voice-xml.md §6.15, audio-streaming.md §1). What cannot be met refuses the document. */
export const stream: ElementDefinition<StreamElement> = {
  name: 'Stream',
  read(element) {
    const url = element.text();
    if (!isStreamUrl(url)) element.refuse(`needs a ws or wss URL, not "${shown(url)}"`);
    if (url.length > MAX_URL_LENGTH) element.refuse(`has a URL of more than ${MAX_URL_LENGTH} characters`);
    const bidirectional = element.boolean('bidirectional', false);
    const track = trackOf(element);
    if (bidirectional && track !== 'inbound') element.refuse('with bidirectional="true" takes audioTrack="inbound" alone');
    const extraHeaders = element.raw('extraHeaders') ?? '';
    if (Buffer.byteLength(extraHeaders) > MAX_EXTRA_HEADERS_BYTES)
      element.refuse(`has extraHeaders of more than ${MAX_EXTRA_HEADERS_BYTES} octets`);
    const plan: StreamPlan = {
      url,
      bidirectional,
      track,
      timeoutMs: element.seconds('streamTimeout', { initial: DEFAULT_TIMEOUT_S, min: 1, max: MAX_TIMEOUT_S }),
      ...formatIn(element),
      extraHeaders,
      statusCallback: callbackOf(element),
      noiseLevel: element.boolean('noiseCancellation', false)
        ? element.integer('noiseCancellationLevel', NOISE_LEVEL)
        : undefined,
      keepCallAlive: element.boolean('keepCallAlive', false),
    };
    return { element: 'Stream', plan };
  },
};

function trackOf(element: ElementReader): (typeof TRACKS)[number] {
  const value = element.value('audioTrack') ?? 'inbound';
  const track = TRACKS.find((known) => known === value.toLowerCase());
  return track ?? element.refuse(`has audioTrack="${shown(value)}", which is none of ${TRACKS.join(', ')}`);
}

function formatIn(element: ElementReader) {
  const value = element.value('contentType') ?? DEFAULT_CONTENT_TYPE;
  return formatOf(value) ?? element.refuse(`has contentType="${shown(value)}", which is none of ${contentTypes.join(', ')}`);
}

function callbackOf(element: ElementReader) {
  const target = element.target('statusCallbackUrl', 'statusCallbackMethod');
  if (target && target.method !== 'GET' && target.method !== 'POST')
    element.refuse(`has statusCallbackMethod="${shown(target.method)}", which is neither GET nor POST`);
  return target;
}
