/** Values that more than one resource of compliance shares (compliance.md §1). */

export const entityTypes = ['PRIVATE', 'PUBLIC', 'NON_PROFIT', 'GOVERNMENT', 'INDIVIDUAL'] as const;
export const customerTypes = ['DIRECT', 'RESELLER'] as const;
export const altBusinessIdTypes = ['DUNS', 'LEI', 'GIIN', 'NONE'] as const;

export const verticals = [
  'PROFESSIONAL',
  'REAL_ESTATE',
  'HEALTHCARE',
  'HUMAN_RESOURCES',
  'ENERGY',
  'ENTERTAINMENT',
  'RETAIL',
  'TRANSPORTATION',
  'AGRICULTURE',
  'INSURANCE',
  'POSTAL',
  'EDUCATION',
  'HOSPITALITY',
  'FINANCIAL',
  'POLITICAL',
  'GAMBLING',
  'LEGAL',
  'CONSTRUCTION',
  'NGO',
  'MANUFACTURING',
  'GOVERNMENT',
  'TECHNOLOGY',
  'COMMUNICATION',
] as const;

export const stockExchanges = [
  'NASDAQ',
  'NYSE',
  'AMEX',
  'AMX',
  'ASX',
  'B3',
  'BME',
  'BSE',
  'FRA',
  'ICEX',
  'JPX',
  'JSE',
  'KRX',
  'LON',
  'NSE',
  'OMX',
  'SEHK',
  'SGX',
  'SSE',
  'STO',
  'SWX',
  'SZSE',
  'TSX',
  'TWSE',
  'VSE',
  'OTHER',
] as const;

export const brandTypes = ['STANDARD', 'STARTER'] as const;

/** What a message is for. */
export const messageUsecases = [
  '2FA',
  'ACCOUNT_NOTIFICATION',
  'CUSTOMER_CARE',
  'DELIVERY_NOTIFICATION',
  'FRAUD_ALERT',
  'HIGHER_EDUCATION',
  'MARKETING',
  'POLLING_VOTING',
  'PUBLIC_SERVICE_ANNOUNCEMENT',
  'SECURITY_ALERT',
] as const;

/** What a campaign is for: one thing, several (`MIXED`, `LOW_VOLUME`), or a sole proprietor's messages (`STARTER`). */
export const campaignUsecases = [
  '2FA',
  'ACCOUNT_NOTIFICATION',
  'CUSTOMER_CARE',
  'DELIVERY_NOTIFICATION',
  'FRAUD_ALERT',
  'HIGHER_EDUCATION',
  'LOW_VOLUME',
  'MARKETING',
  'MIXED',
  'POLLING_VOTING',
  'PUBLIC_SERVICE_ANNOUNCEMENT',
  'SECURITY_ALERT',
  'STARTER',
] as const;

export type EntityType = (typeof entityTypes)[number];
export type BrandType = (typeof brandTypes)[number];
export type CampaignUsecase = (typeof campaignUsecases)[number];

export interface Address {
  readonly street?: string | undefined;
  readonly city?: string | undefined;
  /** State code, such as TX. */
  readonly state?: string | undefined;
  readonly postalCode?: string | undefined;
  /** ISO 3166 alpha-2. */
  readonly country?: string | undefined;
}

export interface AuthorizedContact {
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly phone?: string | undefined;
  readonly email?: string | undefined;
  readonly title?: string | undefined;
  readonly seniority?: string | undefined;
}

/** Where an account wants to hear what becomes of something. */
export interface StatusCallback {
  readonly url: string;
  readonly method: 'GET' | 'POST';
}
