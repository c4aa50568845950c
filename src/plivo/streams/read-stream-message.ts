import type { StreamCommand } from '../../voice/streams/stream-dialect.ts';
import { L16, MULAW, type StreamFormat } from './stream-formats.ts';

/** A checkpoint's name comes back as it is; a longer one is no name. */
const MAX_NAME_LENGTH = 1_024;
/** Keys in one message: half a minute of tones. */
const MAX_DIGITS = 150;
/** Of a value that a reason repeats. */
const SHOWN_CHARACTERS = 40;

type Fields = Readonly<Record<string, unknown>>;

/**
 * Reads what an application sends (audio-streaming.md §5). It is lenient: unknown keys and a wrong or missing `streamId` mean nothing,
 * numbers may be strings, each message has a format of its own. What it leaves out is that of the stream.
 */
export function readStreamMessage(text: string, stream: StreamFormat): StreamCommand {
  const message = parse(text);
  if (!message) return ignored('it is not a JSON object');
  switch (message.event) {
    case 'playAudio':
    // What an older SDK sends in its place.
    case 'media':
      return readAudio(fieldsOf(message.media), stream);
    case 'checkpoint': {
      const { name } = message;
      if (typeof name !== 'string' || name.length > MAX_NAME_LENGTH) return ignored('checkpoint has no usable name');
      return { kind: 'checkpoint', name };
    }
    case 'clearAudio':
      return { kind: 'clear' };
    case 'sendDTMF': {
      const digits = String(message.dtmf ?? '').toUpperCase();
      if (!/^[0-9*#A-D]+$/.test(digits) || digits.length > MAX_DIGITS) return ignored('sendDTMF has no usable dtmf');
      return { kind: 'digits', digits };
    }
    default:
      return ignored(`unknown event ${String(message.event).slice(0, SHOWN_CHARACTERS)}`);
  }
}

function readAudio(media: Fields, stream: StreamFormat): StreamCommand {
  const { payload } = media;
  if (typeof payload !== 'string' || payload === '') return ignored('playAudio has no payload');
  const bytes = Buffer.from(payload, 'base64');
  if (bytes.length === 0) return ignored('the payload is not base64');
  const [name = '', ...options] = String(media.contentType ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const encoding = encodingOf(name, stream);
  if (!encoding) return ignored('invalid_content_type');
  const suffix = options.find((option) => option.startsWith('rate='))?.slice('rate='.length);
  const own = encoding === stream.encoding ? stream.sampleRate : 8_000;
  return { kind: 'play', encoding, sampleRate: Number(media.sampleRate ?? suffix ?? own), bytes };
}

/** `raw` and `wav` are names of older documentation. */
function encodingOf(name: string, stream: StreamFormat): 'mulaw' | 'l16' | 'wav' | undefined {
  if (name === '') return stream.encoding;
  if (name === MULAW) return 'mulaw';
  if (name === L16 || name === 'raw') return 'l16';
  return name === 'wav' || name === 'audio/wav' || name === 'audio/x-wav' ? 'wav' : undefined;
}

function parse(text: string): Fields | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isFields(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldsOf = (value: unknown): Fields => (isFields(value) ? value : {});
const ignored = (reason: string): StreamCommand => ({ kind: 'ignored', reason });
