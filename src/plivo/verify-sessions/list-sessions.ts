import { Type } from 'typebox';
import { reachOf } from '../../accounts/reach.ts';
import { sanitiseNumber } from '../../messaging/phone-number.ts';
import { type SessionState, sessionStates } from '../../verification/session-machine.ts';
import { defineCommand } from '../define.ts';
import { apiId, text } from '../fields.ts';
import { listMeta, pageMeta, pageParameters, readPage, subaccountFilter } from '../pagination.ts';
import { takeOrRefuse } from '../rate-limit.ts';
import { readTimeBounds, sessionTimeParameters } from '../time-filter.ts';
import { renderVerifySession, verifySessionObject } from './session-object.ts';

/** account-numbers.md §2; the account's limit of lists of messages holds for these too. */
const LISTS_PER_MINUTE = 20;
const MINUTE_MS = 60_000;

/** GET Verify/Session/ (account-numbers.md §12.3), newest first. The Go SDK writes three filters with capitals. */
export const listVerifySessions = defineCommand({
  name: 'list-verify-sessions',
  summary: 'Verification sessions, newest first',
  tag: 'Verify',
  method: 'GET',
  path: 'Verify/Session/',
  parameters: Type.Object({
    ...pageParameters,
    ...sessionTimeParameters,
    app_uuid: Type.Optional(text(64)),
    status: Type.Optional(Type.Enum([...sessionStates])),
    recipient: Type.Optional(text(32)),
    subaccount: Type.Optional(text(20)),
    country: Type.Optional(Type.String({ pattern: '^[A-Za-z]{2}$' })),
    alias: Type.Optional(text()),
    brand_name: Type.Optional(text(64)),
    app_hash: Type.Optional(text(16)),
    BrandName: Type.Optional(text(64)),
    AppHash: Type.Optional(text(16)),
  }),
  replies: { 200: Type.Object({ api_id: apiId(), meta: pageMeta, sessions: Type.Array(Type.Object(verifySessionObject)) }) },
  async run({ scope, parameters: given }, { verifySessions, limiter }) {
    const perMinute = scope.account.settings.messageListsPerMinute ?? LISTS_PER_MINUTE;
    await takeOrRefuse(limiter, `verify-list:${scope.account.authId}`, perMinute, MINUTE_MS, 'too many requests');
    const page = readPage(given);
    const { limit: _, offset: __, ...filters } = given;
    const status: SessionState | undefined = given.status;
    const { total, items } = await verifySessions.list(
      reachOf(scope),
      {
        subaccountId: subaccountFilter(scope, given.subaccount),
        appId: given.app_uuid,
        state: status,
        recipient: given.recipient === undefined ? undefined : sanitiseNumber(given.recipient),
        country: given.country?.toUpperCase(),
        alias: given.alias,
        brandName: given.brand_name ?? given.BrandName,
        appHash: given.app_hash ?? given.AppHash,
        ...readTimeBounds('session_time', given),
      },
      page,
    );
    const meta = listMeta(scope, 'Verify/Session/', page, filters, undefined, page.offset + page.limit < total);
    return { status: 200, body: { meta, sessions: items.map(renderVerifySession) } };
  },
});
