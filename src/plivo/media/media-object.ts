import { Type } from 'typebox';
import { MAX_UPLOAD_BYTES, type UploadOutcome } from '../../messaging/media.ts';
import type { StoredMedia } from '../../messaging/media-store.ts';
import { mediaUrl } from '../../messaging/media-url.ts';
import { isoTime } from '../times.ts';

/** The media object (messaging.md §6). Older SDKs read `url`, newer ones `media_url`. */
export const mediaObject = {
  content_type: Type.String(),
  file_name: Type.String(),
  media_id: Type.String({ format: 'uuid' }),
  media_url: Type.String(),
  size: Type.Integer(),
  upload_time: Type.String(),
  url: Type.String(),
};

/** Media as part of a message (messaging.md §4). */
export const messageMediaObject = { ...mediaObject, message_uuid: Type.String({ format: 'uuid' }) };

export const uploadObject = Type.Union([
  Type.Object({ ...mediaObject, status: Type.Literal('success'), status_code: Type.Literal(201) }),
  Type.Object({
    content_type: Type.String(),
    file_name: Type.String(),
    size: Type.Integer({ maximum: MAX_UPLOAD_BYTES }),
    status: Type.Literal('failure'),
    status_code: Type.Integer(),
    error_code: Type.Integer(),
    error_message: Type.String(),
  }),
]);

export function renderMedia(publicUrl: string, media: StoredMedia, messageId?: string) {
  const url = mediaUrl(publicUrl, media, messageId);
  return {
    content_type: media.contentType,
    file_name: media.fileName,
    media_id: media.mediaId,
    media_url: url,
    size: media.size,
    upload_time: isoTime(media.createdAt),
    url,
  };
}

export const renderMessageMedia = (publicUrl: string, media: StoredMedia, messageId: string) => ({
  ...renderMedia(publicUrl, media, messageId),
  message_uuid: messageId,
});

/** A refused file carries the HTTP status that it would get alone, in both code fields. */
const refusalStatus = { too_large: 413, empty: 400, unsupported: 415, mismatch: 415 } as const;

export function renderUpload(publicUrl: string, outcome: UploadOutcome) {
  if (outcome.kind === 'stored') return { ...renderMedia(publicUrl, outcome.media), status: 'success', status_code: 201 };
  const { file, message } = outcome;
  const code = refusalStatus[outcome.reason];
  return {
    content_type: file.contentType,
    file_name: file.fileName,
    size: file.size,
    status: 'failure',
    status_code: code,
    error_code: code,
    error_message: message,
  };
}
