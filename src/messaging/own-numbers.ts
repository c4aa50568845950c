/** What the messaging engine asks about numbers of this instance; the number directory answers it. */
export interface OwnNumberFacts {
  readonly number: string;
  readonly accountId: string;
  readonly subaccountId: string | null;
  readonly appId: string | null;
  readonly countryIso: string;
  readonly type: string;
  readonly smsEnabled: boolean;
  readonly mmsEnabled: boolean;
  /** A US long code linked to a campaign, or a verified toll-free number; undefined for numbers that need neither. */
  readonly isRegistered?: boolean | undefined;
  /** The campaign of a US long code. */
  readonly campaignId?: string | undefined;
}

export interface OwnNumbers {
  /** The number when an account of this instance has it. */
  find(number: string): Promise<OwnNumberFacts | undefined>;
}

/** What inbound messages ask about the application of a number. */
export interface MessageApplication {
  readonly appId: string;
  readonly messageUrl: string;
  readonly messageMethod: 'GET' | 'POST';
  readonly logIncomingMessages: boolean;
}

export interface MessageApplications {
  find(appId: string): Promise<MessageApplication | undefined>;
}
