import { Type } from 'typebox';
import { formatAmount } from '../../billing/money.ts';
import type { ShownSession, VerifyAttempt } from '../../verification/session.ts';
import { nullableString } from '../fields.ts';
import { isoTime } from '../times.ts';

const attemptObject = Type.Object({
  attempt_uuid: Type.String(),
  channel: Type.String(),
  status: Type.String(),
  time: Type.String(),
  dtmf: Type.Optional(Type.Integer()),
  fraud_check: Type.Optional(Type.String()),
  brand_name: Type.Optional(Type.String()),
  app_hash: Type.Optional(Type.String()),
  code_length: Type.Optional(Type.Integer()),
});
const chargeObject = Type.Object({ attempt_uuid: Type.String(), channel: Type.String(), charge: Type.String() });

/** A verification session (account-numbers.md §12.3). `charges` is always there: the Node SDK reads into it. */
export const verifySessionObject = {
  session_uuid: Type.String({ format: 'uuid' }),
  app_uuid: Type.String({ format: 'uuid' }),
  alias: Type.String(),
  recipient: Type.String(),
  channel: Type.String(),
  locale: Type.String(),
  brand_name: Type.String(),
  app_hash: nullableString(),
  status: Type.String(),
  count: Type.Integer(),
  requestor_ip: Type.String(),
  destination_country_iso2: Type.String(),
  destination_network: Type.String(),
  attempt_details: Type.Array(attemptObject),
  charges: Type.Object({
    total_charge: Type.String(),
    validation_charge: Type.String(),
    attempt_charges: Type.Array(chargeObject),
  }),
  created_at: Type.String(),
  updated_at: Type.String(),
};

export const renderVerifySession = (session: ShownSession) => ({
  session_uuid: session.sessionId,
  app_uuid: session.appId,
  alias: session.alias,
  recipient: session.recipient,
  channel: session.channel,
  locale: session.locale,
  brand_name: session.brandName,
  app_hash: session.appHash,
  status: session.state,
  count: session.attempts,
  requestor_ip: session.requesterIp,
  destination_country_iso2: session.country,
  destination_network: session.network,
  attempt_details: session.history.map(renderAttempt),
  charges: {
    total_charge: formatAmount(session.history.reduce((sum, { amountMicros }) => sum + amountMicros, session.validationMicros)),
    validation_charge: formatAmount(session.validationMicros),
    attempt_charges: session.history.map(({ attemptId, channel, amountMicros }) => ({
      attempt_uuid: attemptId,
      channel,
      charge: formatAmount(amountMicros),
    })),
  },
  created_at: isoTime(session.createdAt),
  updated_at: isoTime(session.updatedAt),
});

const renderAttempt = ({ attemptId, channel, status, at, details }: VerifyAttempt) => ({
  attempt_uuid: attemptId,
  channel,
  status,
  time: isoTime(at),
  ...(details.dtmf !== undefined && { dtmf: details.dtmf }),
  ...(details.fraudCheck !== undefined && { fraud_check: details.fraudCheck }),
  ...(details.brandName !== undefined && { brand_name: details.brandName }),
  ...(details.appHash !== undefined && { app_hash: details.appHash }),
  ...(details.codeLength !== undefined && { code_length: details.codeLength }),
});
