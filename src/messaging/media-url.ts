import type { StoredMedia } from './media-store.ts';

/**
 * Where the content of media is served without authentication: whoever knows the random id may have it (messaging.md §4). Carriers
 * fetch outbound media from here, applications inbound media. `publicUrl` has no trailing slash.
 */
export function mediaUrl(publicUrl: string, media: Pick<StoredMedia, 'ownerId' | 'mediaId'>, messageId?: string): string {
  const message = messageId === undefined ? '' : `/Message/${messageId}`;
  return `${publicUrl}/v1/media/Account/${media.ownerId}${message}/Media/${media.mediaId}`;
}
