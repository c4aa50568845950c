import { Type } from 'typebox';
import type { Profile } from '../../compliance/profiles.ts';
import { addressSchema, contactSchema } from '../compliance/nested.ts';
import { optionalTexts, wireObject } from '../compliance/wire-object.ts';
import { isoTime } from '../times.ts';

/** A profile (compliance.md §2.2). */
export const profileObject = Type.Object({
  profile_uuid: Type.String(),
  profile_alias: Type.String(),
  profile_type: Type.String(),
  customer_type: Type.String(),
  entity_type: Type.String(),
  company_name: Type.String(),
  vertical: Type.String(),
  created_at: Type.String(),
  address: Type.Optional(addressSchema),
  authorized_contact: Type.Optional(contactSchema),
  enable_caller_reputation: Type.Optional(Type.Boolean()),
  caller_reputation_carriers: Type.Optional(Type.Array(Type.String())),
  ...optionalTexts(
    'primary_profile',
    'ein',
    'ein_issuing_country',
    'stock_symbol',
    'stock_exchange',
    'alt_business_id',
    'alt_business_id_type',
    'website',
    'plivo_subaccount',
    'business_contact_email',
    'doing_business_as',
  ),
});

export function renderProfile({ id, status, facts, createdAt }: Profile) {
  const { alias, callerReputation, ...rest } = facts;
  return {
    ...wireObject(rest),
    profile_uuid: id,
    profile_alias: alias,
    profile_type: status,
    created_at: isoTime(createdAt),
    ...(callerReputation && {
      enable_caller_reputation: callerReputation.enabled,
      caller_reputation_carriers: callerReputation.carriers,
    }),
  };
}
