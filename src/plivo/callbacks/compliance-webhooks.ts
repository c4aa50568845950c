import { createHash } from 'node:crypto';
import type { ComplianceNotice, ComplianceNotifier } from '../../compliance/notices.ts';
import type { Dispatcher } from '../../delivery/dispatcher.ts';
import type { WebhookJob } from '../../delivery/webhook.ts';
import { insertWebhooks } from '../../delivery/webhook-store.ts';
import { type Ids, isUuid } from '../../runtime/ids.ts';
import { isoTime } from '../times.ts';

/** Three retries, after 60, 120 and 240 seconds (compliance.md §6). */
export const COMPLIANCE_STATUS = 'compliance-status';

/** Status callbacks of what is registered: JSON, rows of the transaction that changed the state. */
export function complianceNotifier(ids: Ids, delivery: Dispatcher): ComplianceNotifier {
  return {
    async write(client, notices) {
      const admission = delivery.admit(notices.map((notice) => jobOf(ids, notice)));
      await insertWebhooks(client, admission);
      return () => delivery.handOver(admission);
    },
  };
}

function jobOf(ids: Ids, notice: ComplianceNotice): WebhookJob {
  const id = ids.uuid();
  return {
    id,
    accountId: notice.ownerId,
    subjectId: subjectOf(notice),
    kind: COMPLIANCE_STATUS,
    url: notice.callback.url,
    method: notice.callback.method,
    payload: { json: complianceParams(id, notice) },
    sensitive: [],
    createdAt: notice.at.getTime(),
  };
}

/**
 * The parameters. Of toll-free verifications they are documented (compliance.md §7); for the others no names are published, these follow
 * the resources' own (§6, §9.7).
 */
export function complianceParams(apiId: string, notice: ComplianceNotice): Readonly<Record<string, string>> {
  switch (notice.kind) {
    case 'brand':
      return { api_id: apiId, type: 'brand', status: notice.status, brand_id: notice.brandId, ...causeOf(notice) };
    case 'campaign':
      return {
        api_id: apiId,
        type: 'campaign',
        status: notice.status,
        campaign_id: notice.campaignId,
        ...(notice.brandId !== undefined && { brand_id: notice.brandId }),
        ...causeOf(notice),
      };
    case 'number_linking':
    case 'number_unlinking':
      return {
        api_id: apiId,
        type: notice.kind,
        status: notice.status,
        campaign_id: notice.campaignId,
        number: notice.number,
        ...causeOf(notice),
      };
    case 'tollfree_verification':
      return {
        uuid: notice.verificationId,
        number: notice.number,
        status: notice.status,
        error_message: notice.errorMessage,
      };
    case 'compliance_application':
      return {
        compliance_id: notice.applicationId,
        status: notice.status,
        alias: notice.alias,
        rejection_reason: notice.rejectionReason ?? '',
        updated_at: isoTime(notice.at),
      };
    case 'caller_reputation':
      return {
        number: notice.number,
        profile_uuid: notice.profileId,
        caller_reputation_status: notice.status,
        reason: notice.reason ?? '',
      };
    case 'address':
    case 'identity':
      return {
        id: notice.verificationId,
        type: notice.kind,
        alias: notice.alias ?? '',
        verification_status: notice.status,
        reason: notice.reason ?? '',
      };
  }
}

type WithCause = { readonly cause?: { readonly code: string | undefined; readonly reason: string | undefined } };

function causeOf({ cause }: WithCause): Record<string, string> {
  return {
    ...(cause?.code !== undefined && { error_code: cause.code }),
    ...(cause?.reason !== undefined && { error_reason: cause.reason }),
  };
}

/** Callbacks about one thing keep their order: its id, or a UUID made of it. */
function subjectOf(notice: ComplianceNotice): string {
  const id = idOf(notice);
  if (isUuid(id)) return id;
  const hash = createHash('sha256').update(`${notice.kind} ${id}`).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${hash.slice(20, 32)}`;
}

function idOf(notice: ComplianceNotice): string {
  switch (notice.kind) {
    case 'brand':
      return notice.brandId;
    case 'campaign':
      return notice.campaignId;
    case 'number_linking':
    case 'number_unlinking':
    case 'caller_reputation':
      return notice.number;
    case 'tollfree_verification':
    case 'address':
    case 'identity':
      return notice.verificationId;
    case 'compliance_application':
      return notice.applicationId;
  }
}
