import { Type } from 'typebox';
import type { Scope } from '../../accounts/account.ts';
import type { HostedNumber } from '../../compliance/hosted-numbers.ts';
import { applicationUri } from '../applications/application-object.ts';
import { isoTime } from '../times.ts';

/** A hosted number (compliance.md §8). One SDK reads its id as `order_id` too. */
export const hostedNumberObject = {
  hosted_messaging_number_id: Type.String(),
  order_id: Type.String(),
  application: Type.String(),
  loa_id: Type.String(),
  number: Type.String(),
  alias: Type.String(),
  hosted_status: Type.String(),
  failure_reason: Type.String(),
  created_at: Type.String(),
  resource_uri: Type.String(),
};

export const renderHostedNumber = (scope: Scope, { id, status, facts, createdAt }: HostedNumber) => ({
  hosted_messaging_number_id: id,
  order_id: id,
  application: applicationUri(scope, facts.appId),
  loa_id: facts.loaId,
  number: facts.number,
  alias: facts.alias,
  hosted_status: status,
  failure_reason: facts.failureReason ?? '',
  created_at: isoTime(createdAt),
  resource_uri: `/v1/Account/${scope.authId}/HostedMessagingNumber/${id}/`,
});
