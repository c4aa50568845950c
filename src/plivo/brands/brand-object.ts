import { Type } from 'typebox';
import type { Brand } from '../../compliance/brands.ts';
import type { CampaignUsecase } from '../../compliance/enums.ts';
import { addressSchema, contactSchema } from '../compliance/nested.ts';
import { optionalTexts, wireObject } from '../compliance/wire-object.ts';
import { isoTime } from '../times.ts';

/** A brand (compliance.md §3). The strict SDKs read `vetting_score` as an integer. */
export const brandObject = Type.Object({
  brand_id: Type.String(),
  brand_alias: Type.String(),
  brand_type: Type.String(),
  profile_uuid: Type.String(),
  registration_status: Type.String(),
  vetting_score: Type.Integer(),
  entity_type: Type.String(),
  company_name: Type.String(),
  vertical: Type.String(),
  created_at: Type.String(),
  address: Type.Optional(addressSchema),
  authorized_contact: Type.Optional(contactSchema),
  declined_reasons: Type.Optional(Type.Array(Type.Object({ code: Type.String(), message: Type.String() }))),
  ...optionalTexts(
    'first_name',
    'last_name',
    'name',
    'ein',
    'ein_issuing_country',
    'stock_symbol',
    'stock_exchange',
    'website',
    'alt_business_id',
    'alt_business_id_type',
    'business_contact_email',
    'doing_business_as',
    'vetting_status',
  ),
});

export function renderBrand({ id, status, facts, createdAt }: Brand) {
  const { business } = facts;
  const { customerType: _customer, plivoSubaccount: _subaccount, ...shown } = business;
  const { firstName, lastName } = business.authorizedContact ?? {};
  return {
    ...wireObject({ ...shown, name: business.companyName, firstName, lastName }),
    brand_id: id,
    brand_alias: facts.alias,
    brand_type: facts.brandType,
    profile_uuid: facts.profileId,
    registration_status: status,
    ...(facts.vettingScore !== undefined && { vetting_status: 'ACTIVE' }),
    vetting_score: facts.vettingScore ?? 0,
    ...(facts.declinedReasons && { declined_reasons: facts.declinedReasons }),
    created_at: isoTime(createdAt),
  };
}

/** What campaigns are for, in words. */
const usecaseTexts: Readonly<Record<CampaignUsecase, readonly [name: string, details: string]>> = {
  '2FA': ['Two-factor authentication', 'One-time passwords and other codes that confirm who somebody is'],
  ACCOUNT_NOTIFICATION: ['Account notifications', 'Standing of an account that the recipient has'],
  CUSTOMER_CARE: ['Customer care', 'Answers and appointments of support and account managers'],
  DELIVERY_NOTIFICATION: ['Delivery notifications', 'Whereabouts of something that was ordered'],
  FRAUD_ALERT: ['Fraud alerts', 'Warnings of suspicious activity on an account'],
  HIGHER_EDUCATION: ['Higher education', 'Messages of colleges and universities'],
  LOW_VOLUME: ['Low volume', 'Few messages of two to five uses'],
  MARKETING: ['Marketing', 'Offers and other promotional content'],
  MIXED: ['Mixed', 'Messages of two to five uses'],
  POLLING_VOTING: ['Polling and voting', 'Surveys and votes, political ones excepted'],
  PUBLIC_SERVICE_ANNOUNCEMENT: ['Public service announcements', 'Information that raises awareness of something'],
  SECURITY_ALERT: ['Security alerts', 'Breaches and what the recipient must do about them'],
  STARTER: ['Starter', 'Messages of a sole proprietor'],
};

export const renderUsecase = (code: CampaignUsecase) => {
  const [name, details] = usecaseTexts[code];
  return { code, name, details };
};
