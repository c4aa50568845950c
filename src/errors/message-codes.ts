/** Message error codes of records and callbacks (messaging.md §20). A code is never given a second meaning. */
export interface MessageCode {
  readonly code: string;
  readonly text: string;
  /** Whether sending the same message again can help. */
  readonly retry: 'safe' | 'pointless' | 'later';
}

const rows = [
  ['000', '', 'pointless'],
  ['10', 'Invalid message: blank, malformed or too long for the carrier', 'pointless'],
  ['20', 'Carrier network error', 'later'],
  ['30', 'Blocked by a spam filter', 'pointless'],
  ['40', 'Invalid source number: wrong format, not SMS-enabled or not on this account', 'pointless'],
  ['50', 'Invalid destination number', 'pointless'],
  ['60', 'Loop detected', 'pointless'],
  ['70', 'Destination permanently unavailable', 'pointless'],
  ['80', 'Destination temporarily unavailable', 'later'],
  ['90', 'No route to the destination', 'later'],
  ['100', 'Prohibited by the carrier', 'pointless'],
  ['110', 'Message too long', 'pointless'],
  ['120', 'MMS larger than 5 MB', 'pointless'],
  ['130', 'Unsupported media type', 'pointless'],
  ['140', 'Media could not be processed', 'later'],
  ['200', 'The recipient has opted out of messages from this source', 'pointless'],
  ['201', 'US toll-free numbers cannot send to Canada', 'pointless'],
  ['300', "The application's message_url could not be reached", 'later'],
  ['420', 'Expired in the queue before a carrier took it', 'safe'],
  ['450', 'The destination country is barred by geo permissions', 'pointless'],
  ['451', 'Blocked: the hourly threshold of the destination country was exceeded', 'later'],
  ['900', 'Insufficient credit', 'later'],
  ['910', 'The account is disabled', 'pointless'],
  ['1000', 'Unknown error', 'later'],
] as const satisfies readonly (readonly [string, string, MessageCode['retry']])[];

export type MessageErrorCode = (typeof rows)[number][0];

export const messageCodes: ReadonlyMap<string, MessageCode> = new Map(
  rows.map(([code, text, retry]) => [code, { code, text, retry }]),
);

/** The text of a code; unknown carrier codes read as 1000. */
export function messageErrorText(code: string | null): string {
  if (code === null) return '';
  return (messageCodes.get(code) ?? messageCodes.get('1000'))?.text ?? '';
}
