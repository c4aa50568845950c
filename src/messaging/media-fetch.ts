import type { MessageErrorCode } from '../errors/message-codes.ts';
import type { MediaFile } from './media.ts';
import { judgeType } from './media-type.ts';

/** messaging.md §6: an outbound MMS with its text stays below 5 MB. */
export const MAX_MMS_BYTES = 5 * 1024 * 1024;
/** What no carrier will see is not read either: one byte more than allowed tells "too large". */
const ONE_MORE = 1;

export interface FetchedUrl {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** At most `maxBytes`; what follows is cut off. */
  readonly body: Uint8Array;
}

/**
 * GET of a customer's URL: guarded against private targets, with its own timeouts, redirects not followed. Rejects when no answer
 * came; the error's message ends up in the timeline.
 */
export type FetchUrl = (url: string, maxBytes: number) => Promise<FetchedUrl>;

export type MediaFetchResult =
  | { readonly kind: 'fetched'; readonly files: readonly MediaFile[] }
  /** The message fails with this code. `reason` names the URL and what is wrong with it. */
  | { readonly kind: 'failed'; readonly errorCode: MessageErrorCode; readonly reason: string };

/**
 * Fetches the `media_urls` of an outbound MMS, one after the other (at most 10, so at most 5 MB in memory). A server must declare the
 * type and the length of what it sends, and both must be true: 130 for a type that is not supported or not what the content is,
 * 120 when the media grow to 5 MB, 140 for everything else that goes wrong. `textBytes` counts against the 5 MB.
 */
export async function fetchMedia(urls: readonly string[], textBytes: number, fetchUrl: FetchUrl): Promise<MediaFetchResult> {
  const files: MediaFile[] = [];
  let room = MAX_MMS_BYTES - 1 - textBytes;
  for (const url of urls) {
    const failed = (errorCode: MessageErrorCode, reason: string): MediaFetchResult => ({
      kind: 'failed',
      errorCode,
      reason: `${url}: ${reason}`,
    });
    let answer: FetchedUrl;
    try {
      answer = await fetchUrl(url, Math.max(0, room) + ONE_MORE);
    } catch (error) {
      return failed('140', error instanceof Error ? error.message : String(error));
    }
    const { status, headers, body } = answer;
    if (status !== 200) return failed('140', `answered ${status}`);
    const contentType = single(headers['content-type']);
    const contentLength = single(headers['content-length']);
    if (contentType === undefined) return failed('140', 'answered without Content-Type');
    if (contentLength === undefined || !/^\d{1,15}$/.test(contentLength)) return failed('140', 'answered without Content-Length');
    const size = Number(contentLength);
    if (size > room) return failed('120', `${size} bytes; the message would exceed ${MAX_MMS_BYTES} bytes`);
    if (size !== body.byteLength) return failed('140', `declared ${size} bytes, sent ${body.byteLength}`);
    if (size === 0) return failed('140', 'the content is empty');
    const verdict = judgeType(contentType, body);
    if (verdict.kind === 'unsupported') return failed('130', `files of type ${verdict.type} are not supported`);
    if (verdict.kind === 'mismatch') return failed('130', `the content is not ${verdict.type}`);
    room -= size;
    files.push({ contentType: verdict.type, fileName: fileNameOf(url), bytes: body });
  }
  return { kind: 'fetched', files };
}

const single = (header: string | readonly string[] | undefined) => (typeof header === 'string' ? header : header?.[0]);

/** The last element of the path; how much of it is fit for a file name is decided where it is stored. */
function fileNameOf(url: string): string {
  const last = URL.parse(url)?.pathname.split('/').at(-1) ?? '';
  try {
    return decodeURIComponent(last);
  } catch {
    return last;
  }
}
