export type HttpMethod = 'GET' | 'POST';

/** What happens to calls and messages of the numbers and endpoints that point at it. URLs are `""` when unset. */
export interface Application {
  /** 17 decimal digits. */
  readonly appId: string;
  readonly accountId: string;
  readonly subaccountId: string | null;
  readonly name: string;
  readonly answerUrl: string;
  readonly answerMethod: HttpMethod;
  readonly hangupUrl: string;
  readonly hangupMethod: HttpMethod;
  readonly fallbackAnswerUrl: string;
  readonly fallbackMethod: HttpMethod;
  readonly messageUrl: string;
  readonly messageMethod: HttpMethod;
  /** Newly rented numbers of the account get it. At most one application of an account. */
  readonly isNumberDefault: boolean;
  /** New endpoints of the account get it. At most one application of an account. */
  readonly isEndpointDefault: boolean;
  /** Callable from any SIP address. */
  readonly publicUri: boolean;
  /** False masks the sender and drops the text of inbound messages in records and logs. */
  readonly logIncomingMessages: boolean;
  readonly createdAt: Date;
}

/** Whether it may be the id of one: all digits, as a number is, and longer than any (E.164 §6.2.1 has fifteen). */
export const isApplicationId = (text: string): boolean => /^\d{16,20}$/.test(text);

export type ApplicationChange = Partial<Omit<Application, 'appId' | 'accountId' | 'createdAt'>>;
