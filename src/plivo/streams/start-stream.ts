import { Type } from 'typebox';
import { invalidParameter } from '../../errors/catalogue.ts';
import { defineVoiceCommand } from '../define.ts';
import { apiId, flag, idInPath, text, url } from '../fields.ts';
import { readTarget, verb } from '../multiparty-calls/verb.ts';
import { contentTypes, DEFAULT_CONTENT_TYPE, formatOf } from './stream-formats.ts';
import {
  DEFAULT_TIMEOUT_S,
  isStreamUrl,
  MAX_EXTRA_HEADERS_BYTES,
  MAX_TIMEOUT_S,
  MAX_URL_LENGTH,
  NOISE_LEVEL,
} from './stream-limits.ts';

/** POST Call/{call_uuid}/Stream/ (audio-streaming.md §2). */
export const startStream = defineVoiceCommand({
  name: 'start-stream',
  summary: 'Stream the audio of a live call to a WebSocket',
  tag: 'Stream',
  method: 'POST',
  path: 'Call/{call_uuid}/Stream/',
  parameters: Type.Object({
    call_uuid: idInPath(),
    service_url: text(MAX_URL_LENGTH),
    bidirectional: flag(),
    audio_track: Type.Optional(Type.Union([Type.Literal('inbound'), Type.Literal('outbound'), Type.Literal('both')])),
    stream_timeout: Type.Optional(Type.Integer({ minimum: 1, maximum: MAX_TIMEOUT_S })),
    content_type: Type.Optional(text(100)),
    status_callback_url: Type.Optional(url()),
    // Two SDKs take it in lower case.
    status_callback_method: verb(),
    extra_headers: Type.Optional(text(MAX_EXTRA_HEADERS_BYTES)),
    noise_cancellation: flag(),
    noise_cancellation_level: Type.Optional(Type.Integer()),
    // Sent by two SDKs, and documented nowhere.
    cx_bot: flag(),
  }),
  replies: {
    202: Type.Object({
      api_id: apiId(),
      message: Type.Literal('audio streaming started'),
      stream_id: Type.String({ format: 'uuid' }),
    }),
  },
  async run({ scope, parameters: given }, { streams }) {
    const serviceUrl = given.service_url.trim();
    if (!isStreamUrl(serviceUrl))
      throw invalidParameter('service_url', 'service_url parameter is invalid: a ws or wss URL is expected');
    const format = formatOf(given.content_type ?? DEFAULT_CONTENT_TYPE);
    if (!format)
      throw invalidParameter('content_type', `content_type parameter is invalid: one of ${contentTypes.join(', ')} is expected`);
    const track = given.audio_track ?? 'inbound';
    if (given.bidirectional && track !== 'inbound')
      throw invalidParameter(
        'audio_track',
        'audio_track parameter is invalid: only inbound is possible on a bidirectional stream',
      );
    const extraHeaders = given.extra_headers ?? '';
    if (Buffer.byteLength(extraHeaders) > MAX_EXTRA_HEADERS_BYTES)
      throw invalidParameter(
        'extra_headers',
        `extra_headers parameter is invalid: at most ${MAX_EXTRA_HEADERS_BYTES} octets are expected`,
      );
    const { initial, min, max } = NOISE_LEVEL;
    const streamId = await streams.start(scope, given.call_uuid, {
      url: serviceUrl,
      bidirectional: given.bidirectional ?? false,
      track,
      timeoutMs: (given.stream_timeout ?? DEFAULT_TIMEOUT_S) * 1_000,
      ...format,
      extraHeaders,
      statusCallback: readTarget(given.status_callback_url, 'status_callback_method', given.status_callback_method, 'POST'),
      noiseLevel: given.noise_cancellation ? Math.min(max, Math.max(min, given.noise_cancellation_level ?? initial)) : undefined,
      keepCallAlive: false,
    });
    return { status: 202, body: { message: 'audio streaming started', stream_id: streamId } };
  },
});
