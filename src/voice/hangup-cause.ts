/** Who ended a call, as records and webhooks name it (voice-xml.md §10). */
export type HangupSource = 'Caller' | 'Callee' | 'Plivo' | 'Carrier' | 'API Request' | 'Answer XML' | 'Error' | 'Unknown';

/** Code -> name (voice-api.md §13). Codes are never reused. */
export const hangupCauses = {
  0: 'Unknown',
  1000: 'Canceled',
  1010: 'Canceled (Out Of Credits)',
  1020: 'Canceled (Simultaneous dial limit reached)',
  2000: 'Invalid Destination Address',
  2010: 'Destination Out Of Service',
  2020: 'Endpoint Not Registered',
  2030: 'Destination Country Barred',
  2040: 'Destination Number Barred',
  2050: 'Destination Prefix Barred',
  2060: 'Loop Detected',
  2070: 'Violates Media Anchoring',
  3000: 'No Answer',
  3010: 'Busy Line',
  3020: 'Rejected',
  3030: 'Unknown Caller ID',
  3040: 'Forbidden',
  3050: 'Unallocated number',
  3070: 'Request timeout',
  3080: 'Internal server error from carrier',
  3090: 'Network congestion from carrier',
  3100: 'Busy everywhere',
  3110: 'Declined',
  3120: 'User does not exist anywhere',
  3130: 'Spam block',
  3140: 'DNO Caller ID',
  4000: 'Normal Hangup',
  4010: 'End Of XML Instructions',
  4020: 'Multiparty Call Ended',
  4030: 'Kicked Out Of Multiparty Call',
  4210: 'sip_auth_failed',
  4240: 'sip_auth_failed',
  4250: 'sip_auth_timeout',
  5000: 'Network Error',
  5010: 'Internal Error',
  5020: 'Routing Error',
  5030: 'Concurrency Limit Breached',
  6000: 'Scheduled Hangup',
  6010: 'Ring Timeout Reached',
  6020: 'Media Timeout',
  7011: 'Error Reaching Answer URL',
  7012: 'Error Reaching Action URL',
  7013: 'Error Reaching Transfer URL',
  7014: 'Error Reaching Redirect URL',
  7022: 'Invalid Action URL',
  7023: 'Invalid Transfer URL',
  7024: 'Invalid Redirect URL',
  7032: 'Invalid Method For Action URL',
  7033: 'Invalid Method For Transfer URL',
  7034: 'Invalid Method For Redirect URL',
  8011: 'Invalid Answer XML',
  8012: 'Invalid Action XML',
  8013: 'Invalid Transfer XML',
  8014: 'Invalid Redirect XML',
  9000: 'Lost Race',
  9100: 'Machine Detected',
  9110: 'Confirm Key Challenge Failed',
} as const;

export type HangupCode = keyof typeof hangupCauses;

/** Why and by whom a call ended. */
export interface HangupCause {
  readonly code: HangupCode;
  readonly source: HangupSource;
  /** The telephony name that older webhooks carry: `NORMAL_CLEARING`, `USER_BUSY`, ... */
  readonly cause: string;
  /** SIP status of the far end's refusal, when that was the reason. */
  readonly sipStatus?: number | undefined;
}

/** Telephony name of each code that has one of its own; all others end as NORMAL_CLEARING. */
const telephonyNames: Partial<Record<HangupCode, string>> = {
  0: 'UNKNOWN',
  1000: 'ORIGINATOR_CANCEL',
  1010: 'ORIGINATOR_CANCEL',
  1020: 'ORIGINATOR_CANCEL',
  2000: 'INVALID_NUMBER_FORMAT',
  2010: 'DESTINATION_OUT_OF_ORDER',
  2020: 'USER_NOT_REGISTERED',
  2030: 'OUTGOING_CALL_BARRED',
  2040: 'OUTGOING_CALL_BARRED',
  2050: 'OUTGOING_CALL_BARRED',
  2060: 'EXCHANGE_ROUTING_ERROR',
  3000: 'NO_ANSWER',
  3010: 'USER_BUSY',
  3020: 'CALL_REJECTED',
  3030: 'OUTGOING_CALL_BARRED',
  3040: 'CALL_REJECTED',
  3050: 'UNALLOCATED_NUMBER',
  3070: 'RECOVERY_ON_TIMER_EXPIRE',
  3080: 'NORMAL_TEMPORARY_FAILURE',
  3090: 'SWITCH_CONGESTION',
  3100: 'USER_BUSY',
  3110: 'CALL_REJECTED',
  3120: 'UNALLOCATED_NUMBER',
  3130: 'CALL_REJECTED',
  3140: 'CALL_REJECTED',
  4210: 'sip_auth_failed',
  4240: 'sip_auth_failed',
  4250: 'sip_auth_timeout',
  5000: 'NETWORK_OUT_OF_ORDER',
  5010: 'NORMAL_TEMPORARY_FAILURE',
  5020: 'NO_ROUTE_DESTINATION',
  5030: 'SWITCH_CONGESTION',
  6000: 'ALLOTTED_TIMEOUT',
  6010: 'NO_ANSWER',
  6020: 'MEDIA_TIMEOUT',
  9000: 'LOSE_RACE',
};

export function hangupCause(code: HangupCode, source: HangupSource, sipStatus?: number): HangupCause {
  return { code, source, cause: telephonyNames[code] ?? 'NORMAL_CLEARING', sipStatus };
}

/** Reason phrase of a 603 by which a network says that it has blocked the call, and not the called party (ATIS-1000099). */
const NETWORK_BLOCKED = /^network blocked$/i;

/**
 * The far end refused an INVITE (voice-xml.md §10; RFC 3261 §21, RFC 3398 §8.2.6.1 for the names). `phrase`: what stands beside the
 * status. No status and no phrase says that a number is on a do-not-originate list, so 3140 is none of these.
 */
export function causeOfSipStatus(status: number, phrase = ''): HangupCause {
  if (status === 603 && NETWORK_BLOCKED.test(phrase.trim())) return hangupCause(3130, 'Carrier', status);
  const code = codesBySipStatus.get(status) ?? (status >= 600 ? 3110 : status >= 500 ? 3080 : 2010);
  const source: HangupSource = code === 3010 || code === 3020 || code === 3110 ? 'Callee' : 'Carrier';
  return hangupCause(code, source, status);
}

const codesBySipStatus: ReadonlyMap<number, HangupCode> = new Map([
  [400, 2000],
  [401, 3040],
  [403, 3040],
  [404, 3050],
  [405, 3080],
  [407, 3040],
  [408, 3070],
  [410, 3050],
  [416, 2000],
  [480, 3000],
  [482, 2060],
  [483, 2060],
  [484, 2000],
  [486, 3010],
  [487, 1000],
  [488, 2010],
  [500, 3080],
  [502, 3080],
  [503, 3090],
  [504, 3070],
  [600, 3100],
  [603, 3110],
  [604, 3120],
  [607, 3130],
  [608, 3130],
]);
