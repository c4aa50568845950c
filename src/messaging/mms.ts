import type pg from 'pg';
import type { Scope } from '../accounts/account.ts';
import type { InboundMedia, OutboundMedia } from '../carriers/carrier.ts';
import type { MediaAttacher } from './accept-store.ts';
import type { InboundMediaSink } from './inbound.ts';
import { type Media, mediaOwnerOf } from './media.ts';
import { type FetchUrl, fetchMedia } from './media-fetch.ts';
import type { StoredMedia } from './media-store.ts';
import { mediaUrl } from './media-url.ts';
import type { OutboundMediaSource } from './send.ts';

/** What an MMS carries: found or fetched before it is accepted, tied to it when it is stored, kept when it came in. */
export class MmsMedia implements OutboundMediaSource, InboundMediaSink {
  readonly #media: Media;
  readonly #fetchUrl: FetchUrl;
  readonly #publicUrl: string;

  constructor(media: Media, fetchUrl: FetchUrl, publicUrl: string) {
    this.#media = media;
    this.#fetchUrl = fetchUrl;
    this.#publicUrl = publicUrl;
  }

  async resolve(
    scope: Scope,
    mediaIds: readonly string[],
    mediaUrls: readonly string[],
    textBytes: number,
  ): Promise<{ media: readonly OutboundMedia[]; failure: string | undefined }> {
    const uploaded = await this.#media.findForMessage(scope, mediaIds);
    const sizeSoFar = uploaded.reduce((sum, media) => sum + media.size, textBytes);
    const fetched = await fetchMedia(mediaUrls, sizeSoFar, this.#fetchUrl);
    if (fetched.kind === 'failed') return { media: [], failure: fetched.errorCode };
    const kept = await this.#media.keep(mediaOwnerOf(scope), fetched.files);
    return { media: [...uploaded, ...kept].map((media) => this.#outbound(media)), failure: undefined };
  }

  readonly attach: MediaAttacher = (client, message) =>
    this.#media.attach(
      { accountId: message.accountId, subaccountId: message.ownerId === message.accountId ? undefined : message.ownerId },
      [message.id],
      message.media.map((media) => media.mediaId),
      client,
    );

  async store(messageId: string, accountId: string, ownerId: string, media: readonly InboundMedia[]) {
    const { stored, errorCode } =
      media.length === 0 ? { stored: [], errorCode: undefined } : await this.#media.keepInbound({ accountId, ownerId }, media);
    const reach = { accountId, subaccountId: ownerId === accountId ? undefined : ownerId };
    const ids = stored.map((one) => one.mediaId);
    return {
      urls: stored.map((one) => mediaUrl(this.#publicUrl, one, messageId)),
      mediaIds: ids,
      errorCode,
      link: (client: pg.ClientBase) => this.#media.attach(reach, [messageId], ids, client),
    };
  }

  #outbound(media: StoredMedia): OutboundMedia {
    return {
      mediaId: media.mediaId,
      contentType: media.contentType,
      sizeBytes: media.size,
      url: mediaUrl(this.#publicUrl, media),
    };
  }
}
