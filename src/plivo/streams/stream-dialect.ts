import type { Account } from '../../accounts/account.ts';
import type { StreamTrack } from '../../media/stream-audio.ts';
import type { Random } from '../../runtime/random.ts';
import type { StreamCommand, StreamConversation, StreamDialect } from '../../voice/streams/stream-dialect.ts';
import type { StreamFacts } from '../../voice/streams/stream-facts.ts';
import { createNonce } from '../callbacks/signatures.ts';
import { streamHandshakeHeaders } from '../callbacks/stream-handshake.ts';
import { readStreamMessage } from './read-stream-message.ts';
import { encodingName } from './stream-formats.ts';

/** The socket protocol of audio streams (audio-streaming.md §3 to §5). */
export function plivoStreams(account: (authId: string) => Promise<Account | undefined>, random: Random): StreamDialect {
  return {
    converse: (stream) => new PlivoConversation(stream),
    async handshake(ownerId, url) {
      const owner = await account(ownerId);
      if (!owner) return {};
      const main = owner.parentId === null ? owner : await account(owner.parentId);
      return streamHandshakeHeaders(url, {
        ownerTokens: [owner.authToken],
        mainTokens: [(main ?? owner).authToken],
        nonce: createNonce(random),
      });
    },
  };
}

class PlivoConversation implements StreamConversation {
  readonly #stream: StreamFacts;
  /** Official clients refuse messages without it, so none is an empty text. */
  readonly #extraHeaders: string;
  #sequence = 0;
  readonly #chunks: Record<StreamTrack, number> = { inbound: 0, outbound: 0 };

  constructor(stream: StreamFacts) {
    this.#stream = stream;
    this.#extraHeaders = stream.plan.extraHeaders;
  }

  start(): string {
    const { callId, streamId, accountId, plan } = this.#stream;
    return this.#message('start', {
      start: {
        callId,
        streamId,
        accountId,
        tracks: plan.track === 'both' ? ['inbound', 'outbound'] : [plan.track],
        mediaFormat: { encoding: encodingName(plan.encoding), sampleRate: plan.sampleRate },
      },
      extra_headers: this.#extraHeaders,
    });
  }

  media(track: StreamTrack, audio: Uint8Array, at: number): string {
    const payload = Buffer.from(audio.buffer, audio.byteOffset, audio.byteLength).toString('base64');
    return this.#message('media', {
      streamId: this.#stream.streamId,
      media: { track, timestamp: String(Math.round(at)), chunk: ++this.#chunks[track], payload },
      extra_headers: this.#extraHeaders,
    });
  }

  digit(digit: string, at: number): string {
    return this.#message('dtmf', {
      streamId: this.#stream.streamId,
      dtmf: { track: 'inbound', digit, timestamp: String(Math.round(at)) },
      extra_headers: this.#extraHeaders,
    });
  }

  played(checkpoint: string): string {
    return this.#message('playedStream', { streamId: this.#stream.streamId, name: checkpoint });
  }

  cleared(): string {
    return this.#message('clearedAudio', { streamId: this.#stream.streamId });
  }

  read(message: string): StreamCommand {
    return readStreamMessage(message, this.#stream.plan);
  }

  #message(event: string, content: Readonly<Record<string, unknown>>): string {
    return JSON.stringify({ event, sequenceNumber: ++this.#sequence, ...content });
  }
}
