import type { InboundMedia } from '../carriers/carrier.ts';
import type { HttpSender } from '../delivery/http-client.ts';
import type { FetchUrl } from './media-fetch.ts';

/** Media URLs are fetched while a request waits for its answer; SDKs give up after 5 s (sdks.md §4). */
const CONNECT_TIMEOUT_MS = 2_000;
const READ_TIMEOUT_MS = 3_000;
const TOTAL_TIMEOUT_MS = 4_500;
/** messaging.md §6: inbound media stay below 7 MB in all. */
const MAX_INBOUND_BYTES = 7 * 1024 * 1024;

/** GET of a customer's media URL, guarded like a webhook. Rejects with the reason when no answer came. */
export function mediaFetcher(http: HttpSender): FetchUrl {
  return async (url, maxBytes) => {
    const result = await http.request({
      url: new URL(url),
      method: 'GET',
      headers: { accept: '*/*' },
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      readTimeoutMs: READ_TIMEOUT_MS,
      totalTimeoutMs: TOTAL_TIMEOUT_MS,
      maxBodyBytes: maxBytes,
    });
    if (result.kind === 'failure') throw new Error(result.reason);
    return { status: result.status, headers: result.headers, body: result.body };
  };
}

/** The same for what virtual phones send and numbers of this instance receive. */
export function inboundMediaFetcher(fetchUrl: FetchUrl): (url: string, contentType?: string) => Promise<InboundMedia> {
  return async (url, contentType) => {
    const answer = await fetchUrl(url, MAX_INBOUND_BYTES);
    if (answer.status !== 200) throw new Error(`answered ${answer.status}`);
    const declared = answer.headers['content-type'];
    const type = typeof declared === 'string' ? declared : contentType;
    const fileName = new URL(url).pathname.split('/').at(-1);
    return { contentType: type ?? 'application/octet-stream', bytes: answer.body, ...(fileName ? { fileName } : {}) };
  };
}
