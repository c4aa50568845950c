import type { SpendSettings } from '../billing/spend-limits.ts';

/** A main account (`MA...`) or a subaccount (`SA...`, with the main account it belongs to). */
export interface Account {
  readonly authId: string;
  readonly parentId: string | null;
  readonly authToken: string;
  readonly name: string;
  readonly address: string;
  readonly city: string;
  readonly state: string;
  /** IANA name; times of records are shown in it. */
  readonly timezone: string;
  readonly enabled: boolean;
  readonly accountType: string;
  readonly billingMode: BillingMode;
  readonly autoRecharge: boolean;
  /** Micro-units of currency: 1 USD = 1,000,000. */
  readonly balanceMicros: number;
  /** Until then Send is refused because the credit ran out (messaging.md §19). */
  readonly creditLockUntil: Date | null;
  readonly settings: AccountSettings;
  readonly createdAt: Date;
  readonly modifiedAt: Date | null;
}

/** `prepaid` stops sending when the balance is used up; `postpaid` only counts. */
export type BillingMode = 'prepaid' | 'postpaid';

/** What the operator decides for an account. Absent = default. 0 where a rate stands = unlimited. */
export interface AccountSettings {
  /** API requests in 5 seconds, default 300. */
  readonly apiRequestsPer5s?: number;
  /** Message list requests in a minute, default 20. */
  readonly messageListsPerMinute?: number;
  /** Messages handed to carriers in a second, over all senders; default unlimited. */
  readonly messagesPerSecond?: number;
  /** Messages in a second for one sender, by kind of sender; default unlimited. */
  readonly senderRates?: Readonly<Record<string, number>>;
  /** Messages a day for one sender, by kind of sender; default unlimited. */
  readonly senderDailyCaps?: Readonly<Record<string, number>>;
  /** Replace look-alike Unicode by GSM characters before encoding; default off. */
  readonly smartEncoding?: boolean;
  /** ISO codes of the countries that may be messaged; absent = all. */
  readonly smsCountries?: readonly string[];
  /** Messages an hour to a country, and what a breach does. */
  readonly smsThresholds?: Readonly<Record<string, { readonly perHour: number; readonly policy: 'block' | 'alert' | 'ignore' }>>;
  /** ISO codes of the countries that may be called; absent = all. */
  readonly voiceCountries?: readonly string[];
  /** Digits with which no called number may begin: premium and high-risk ranges. */
  readonly voiceBarredPrefixes?: readonly string[];
  /** The same of ranges that are switched off for any other reason; told as a cause of its own. */
  readonly voiceDisabledPrefixes?: readonly string[];
  /** Calls of the API that are dialled in a second, those beyond wait; default 2. */
  readonly callsPerSecond?: number;
  /** Calls that come in in a second, those beyond get 486; default 10. */
  readonly inboundCallsPerSecond?: number;
  /** Calls at once, in and out, with those of subaccounts; those beyond end with 5030; default unlimited. */
  readonly concurrentCalls?: number;
  /** Calls at once to one destination, those beyond end with 1020; default unlimited. */
  readonly dialsPerDestination?: number;
  /** Requests to make calls in 5 seconds, counted apart from all others, default 300. */
  readonly callRequestsPer5s?: number;
  /** What its endpoints may do with their calls by REFER: nothing, pass them on to endpoints of the account (default), or also to numbers. */
  readonly endpointTransfers?: 'decline' | 'endpoints' | 'allow';
  /** Whether the audio of its endpoints is encrypted: never, where they offer it, offered to those registered over TLS (default), always. */
  readonly endpointSrtp?: 'forbidden' | 'accepted' | 'optional' | 'required';
  /** Recordings are served with the account's credentials only; default off: whoever knows the URL may listen. */
  readonly recordingAuth?: boolean;
  /** Days that recordings are kept; absent or 0 = for ever. */
  readonly recordingRetentionDays?: number;
  /** Is told when such a threshold is passed; absent = nobody. */
  readonly geoAlertUrl?: string;
  /** STOP/START/HELP handling on US/CA long codes and toll-free numbers; default on. */
  readonly optOutHandling?: boolean;
  /** What may be spent in a day and a month, and who is told of it; default unlimited. */
  readonly spend?: SpendSettings;
  /** Days that message texts are kept, default 7. */
  readonly contentRetentionDays?: number;
}

/** Whose resources a request is about: a main account with all it has, or one of its subaccounts alone. */
export interface Scope {
  readonly account: Account;
  readonly subaccount: Account | null;
  /** Auth ID in the path: what resource URIs repeat. */
  readonly authId: string;
  /** True when the main account's credentials were used, also when they address a subaccount. */
  readonly byMainAccount: boolean;
}

/** Auth ID of the owner of what a request creates. */
export const ownerOf = (scope: Scope): string => scope.subaccount?.authId ?? scope.account.authId;
