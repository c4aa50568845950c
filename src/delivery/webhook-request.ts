import type { HttpRequest } from './http-client.ts';
import type { DeliveryPolicy } from './retry-schedule.ts';
import { splitFragment } from './retry-schedule.ts';
import type { Signer, WebhookJob } from './webhook.ts';

/** Largest XML answer is 100 KB; one byte more lets its reader see that it is too large. */
export const MAX_RESPONSE_BYTES = 100 * 1024 + 1;

/** The job's URL cannot be requested. */
export class UnusableUrl extends Error {
  override readonly name = 'UnusableUrl';
}

/**
 * The HTTP request of one attempt: parameters as form body or query, the URL's own query kept, fragment and credentials never
 * sent, signed anew.
 *
 * @throws UnusableUrl
 */
export async function buildRequest(job: WebhookJob, policy: DeliveryPolicy, signer: Signer): Promise<HttpRequest> {
  const url = URL.parse(splitFragment(job.url).url);
  if (!url) throw new UnusableUrl('not a URL');
  url.username = '';
  url.password = '';
  const isForm = 'form' in job.payload;
  const params = isForm || job.method === 'GET' ? parametersOf(job) : {};
  const headers: Record<string, string> = await signer(job, url.href, params);
  const limits = {
    connectTimeoutMs: policy.connectTimeoutMs,
    readTimeoutMs: policy.readTimeoutMs,
    totalTimeoutMs: policy.attemptTimeoutMs,
    maxBodyBytes: MAX_RESPONSE_BYTES,
  };
  if (job.method === 'GET') {
    const query = new URLSearchParams(params).toString();
    if (query !== '') url.search += `${url.search === '' ? '' : '&'}${query}`;
    return { url, method: 'GET', headers, ...limits };
  }
  const [type, body] =
    'form' in job.payload
      ? ['application/x-www-form-urlencoded', new URLSearchParams({ ...job.payload.form }).toString()]
      : ['application/json', JSON.stringify(job.payload.json)];
  return { url, method: 'POST', headers: { 'content-type': type, ...headers }, body, ...limits };
}

function parametersOf(job: WebhookJob): Record<string, string> {
  if ('form' in job.payload) return { ...job.payload.form };
  return Object.fromEntries(
    Object.entries(job.payload.json).map(([name, value]) => [name, typeof value === 'string' ? value : JSON.stringify(value)]),
  );
}
