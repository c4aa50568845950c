import type { Micros } from '../billing/money.ts';

export const numberTypes = ['local', 'national', 'fixed', 'mobile', 'tollfree', 'shortcode'] as const;
export type NumberType = (typeof numberTypes)[number];

export const numberServices = ['voice', 'sms', 'mms'] as const;
export type NumberService = (typeof numberServices)[number];

/** A number of an account, or one of the inventory that the operator offers for sale (`accountId` null). */
export interface OwnedNumber {
  /** Digits with country code, or a short code. */
  readonly number: string;
  readonly accountId: string | null;
  readonly subaccountId: string | null;
  readonly subaccountName: string | null;
  readonly appId: string | null;
  /** The customer's trunk that its calls go over, in the place of an application. */
  readonly trunkId: string | null;
  /** The account's own incoming carrier, when the number is not rented from this instance. */
  readonly incomingCarrier: { readonly carrierId: string; readonly name: string } | null;
  /** Carrier of the configuration that the number lives on. */
  readonly carrier: string | null;
  readonly alias: string | null;
  readonly countryIso: string;
  readonly type: NumberType;
  readonly city: string | null;
  readonly region: string | null;
  readonly rateCenter: string | null;
  readonly lata: number | null;
  /** Area code. */
  readonly prefix: string | null;
  readonly smsEnabled: boolean;
  readonly mmsEnabled: boolean;
  readonly voiceEnabled: boolean;
  readonly setupMicros: Micros;
  readonly monthlyMicros: Micros;
  readonly smsRateMicros: Micros;
  readonly mmsRateMicros: Micros;
  readonly voiceRateMicros: Micros;
  readonly restriction: string | null;
  readonly restrictionText: string | null;
  readonly cnamLookup: 'enabled' | 'disabled' | null;
  readonly details: NumberDetails;
  /** Goes back on sale when it is given up; the account's own numbers vanish. */
  readonly fromInventory: boolean;
  readonly addedAt: Date | null;
  /** `YYYY-MM-DD`. */
  readonly renewalDate: string | null;
}

/** What only its owner cares for; forgotten when the number is given up. Registration states are upper case. */
export interface NumberDetails {
  readonly cnam?: string;
  readonly complianceId?: string;
  /** Bought without the papers that such numbers need: it does nothing until an accepted application is attached. */
  readonly awaitsDocuments?: boolean;
  readonly tendlcRegistrationStatus?: 'UNREGISTERED' | 'PROCESSING' | 'COMPLETED';
  readonly tendlcCampaignId?: string;
  readonly tollFreeVerification?: 'UNVERIFIED' | 'PENDING_VERIFICATION' | 'VERIFIED';
  readonly tollFreeVerificationId?: string;
  readonly tollFreeVerificationOrderStatus?: string;
  readonly profileUuid?: string;
  /** Whether calls are vouched for (src/compliance/reputation-machine.ts), and who is told of it. */
  readonly callerReputation?: 'NOT_ENROLLED' | 'PENDING' | 'ACTIVE' | 'FAILED';
  readonly reputationCallback?: { readonly url: string; readonly method: 'GET' | 'POST' };
  /** Idempotency key of the purchase. */
  readonly purchase?: string;
}

/** It is paid for, and does nothing until its papers are accepted and attached (account-numbers.md §7.2, compliance.md §12). */
export const isAwaitingDocuments = ({ details }: Pick<OwnedNumber, 'details'>): boolean => details.awaitsDocuments === true;

/** What the registration of a number is told by. */
export type Registrable = Pick<OwnedNumber, 'type' | 'countryIso' | 'details'>;

/** US long codes need a campaign before they may send applications' messages; one that has none is unregistered. */
export function tendlcStatusOf(number: Registrable): string | null {
  if (number.details.tendlcRegistrationStatus !== undefined) return number.details.tendlcRegistrationStatus;
  return number.countryIso === 'US' && number.type === 'local' ? 'UNREGISTERED' : null;
}

export function tollFreeVerificationOf(number: Registrable): string | null {
  if (number.details.tollFreeVerification !== undefined) return number.details.tollFreeVerification;
  return number.type === 'tollfree' ? 'UNVERIFIED' : null;
}

/**
 * Whether it is registered as a sender of applications' messages: a US long code by a campaign, a toll-free number of the US or Canada
 * by its verification. Undefined for numbers that need neither.
 */
export function isRegistered(number: Registrable): boolean | undefined {
  const { type, countryIso } = number;
  if (type === 'tollfree' && (countryIso === 'US' || countryIso === 'CA')) return tollFreeVerificationOf(number) === 'VERIFIED';
  if (countryIso !== 'US' || type === 'tollfree' || type === 'shortcode') return undefined;
  return tendlcStatusOf(number) === 'COMPLETED';
}
