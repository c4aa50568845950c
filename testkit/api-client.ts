import assert from 'node:assert/strict';
import type { PlivoFixture } from './plivo-fixture.ts';
import { basic } from './plivo-fixture.ts';

export interface ApiReply {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

/** Requests of one holder of credentials, in process. Paths are below the account of the credentials, or complete from `/v1`. */
export interface ApiClient {
  readonly authId: string;
  readonly authToken: string;
  get(path: string): Promise<ApiReply>;
  post(path: string, body?: Record<string, unknown>): Promise<ApiReply>;
  delete(path: string, body?: Record<string, unknown>): Promise<ApiReply>;
}

export function createApiClient(fixture: PlivoFixture, credentials: { authId: string; authToken: string }): ApiClient {
  const { authId, authToken } = credentials;
  const call = async (method: 'GET' | 'POST' | 'DELETE', path: string, body?: Record<string, unknown>): Promise<ApiReply> => {
    const reply = await fixture.http.inject({
      method,
      url: path.startsWith('/v1') ? path : `/v1/Account/${authId}/${path}`,
      headers: { ...basic(credentials), ...(body && { 'content-type': 'application/json' }) },
      ...(body && { payload: JSON.stringify(body) }),
    });
    const parsed: Record<string, unknown> = reply.body === '' ? {} : reply.json();
    if (reply.statusCode !== 204) assert.equal(typeof parsed.api_id, 'string', `${method} ${path} without api_id`);
    if (reply.statusCode >= 400) assert.equal(typeof parsed.error, 'string', `${method} ${path} without error text`);
    return { status: reply.statusCode, body: parsed };
  };
  return {
    authId,
    authToken,
    get: (path) => call('GET', path),
    post: (path, body) => call('POST', path, body),
    delete: (path, body) => call('DELETE', path, body),
  };
}

/** A main account without request limits, so that a test may ask as often as it needs while the clock stands still. */
export async function createTenant(fixture: PlivoFixture, name: string): Promise<ApiClient> {
  const { ids, accounts, clock } = fixture.services;
  const credentials = { authId: ids.authId('MA'), authToken: ids.authToken() };
  await accounts.insert({
    ...credentials,
    name,
    billingMode: 'postpaid',
    settings: { apiRequestsPer5s: 0 },
    createdAt: new Date(clock.now()),
  });
  return createApiClient(fixture, credentials);
}

/** A subaccount of a tenant, made through the API. */
export async function createSubtenant(
  fixture: PlivoFixture,
  parent: ApiClient,
  name: string,
  enabled = true,
): Promise<ApiClient> {
  const { status, body } = await parent.post('Subaccount/', { name, enabled });
  assert.equal(status, 201);
  return createApiClient(fixture, { authId: String(body.auth_id), authToken: String(body.auth_token) });
}

/** The objects of a list reply. */
export function objectsOf(reply: ApiReply): readonly Record<string, unknown>[] {
  assert.equal(reply.status, 200, JSON.stringify(reply.body));
  assert.ok(Array.isArray(reply.body.objects));
  return reply.body.objects;
}

/** Puts numbers on sale, as the operator's configuration does. */
export async function stockInventory(
  fixture: PlivoFixture,
  rows: readonly { number: string; country?: string; type?: string; [column: string]: unknown }[],
): Promise<void> {
  for (const { number, country = 'US', type = 'local', ...columns } of rows) {
    const names = Object.keys(columns);
    await fixture.database.storage.pool.query(
      `insert into numbers (${['number', 'country_iso', 'type', ...names].join(', ')})
       values (${['number', 'country', 'type', ...names].map((_, index) => `$${index + 1}`).join(', ')})`,
      [number, country, type, ...Object.values(columns)],
    );
  }
}

/** Values that look like SQL, templates, control characters and other alphabets: each must be taken or refused, never executed. */
export const HOSTILE_TEXTS = [
  "x'; drop table numbers; --",
  '" or 1=1 --',
  '%',
  '_%',
  '\\',
  '{{7*7}}',
  '../../etc/passwd',
  'é漢字🙂',
  '\u0000',
  '\r\nSet-Cookie: a=b',
] as const;
