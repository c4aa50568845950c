/**
 * What of a message may be stored, logged and told, by its `log` setting (messaging.md §18). Every place that keeps or tells a number
 * or a text of a message asks here: records, timeline, status callbacks, log lines.
 */

/** The stored setting: `true` keeps all, `false` nothing, the others what they name. */
export const logSettings = ['true', 'false', 'content_only', 'number_only'] as const;
export type LogSetting = (typeof logSettings)[number];

/** The last three digits go, which with the exchange kept leaves a thousand possible subscribers. */
const MASKED_DIGITS = 3;
const MASK = '***';

/** Reads the request parameter: one of the settings in any case, or a JSON boolean. Undefined when it is none of them. */
export function parseLogSetting(value: unknown): LogSetting | undefined {
  const text = typeof value === 'boolean' ? String(value) : typeof value === 'string' ? value.toLowerCase() : undefined;
  return logSettings.find((setting) => setting === text);
}

export const keepsNumber = (log: LogSetting): boolean => log === 'true' || log === 'number_only';
export const keepsContent = (log: LogSetting): boolean => log === 'true' || log === 'content_only';

/** `+12025550***`. What has no three characters to lose is masked whole. */
export function maskNumber(number: string): string {
  return number.length > MASKED_DIGITS ? number.slice(0, -MASKED_DIGITS) + MASK : MASK;
}

/**
 * The far number as it may be stored and told: the destination of an outbound message, the source of an inbound one. The number of
 * this instance on the other side is never masked; it is the account's own.
 */
export function farNumberFor(log: LogSetting, number: string): string {
  return keepsNumber(log) ? number : maskNumber(number);
}

/** Inbound messages have one flag, of their application (`log_incoming_messages`), instead of the four settings. */
export const inboundLogSetting = (logIncomingMessages: boolean): LogSetting => (logIncomingMessages ? 'true' : 'false');

/**
 * A number for a log line of the program. Logs leave the instance more easily than records do, so they never hold a whole number of a
 * subscriber, whatever the setting; the message id leads to the record, which has what may be known.
 */
export const numberForLogLine = maskNumber;
