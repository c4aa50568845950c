/** Longest URL in use; a database column and a log line stay bounded. */
export const MAX_WEB_ADDRESS = 2048;

/** Anything but controls and white space, which is spelt out because dialects of regular expressions differ about `\s`. */
const BLANKS = '\\u0000-\\u0020\\u0085\\u00a0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000\\ufeff';
export const NO_BLANK = `[^${BLANKS}]`;
/** A URL parser would look for the host behind further slashes, but an http URL without host is invalid (RFC 9110 §4.2.1). */
const HOST_BEGINS = `[^${BLANKS}/?#\\\\]`;

/** What a URL of HTTP looks like; whether it is one, a pattern cannot say. */
export const WEB_ADDRESS = `^https?://${HOST_BEGINS}${NO_BLANK}*$`;
const webAddress = new RegExp(WEB_ADDRESS, 'u');

/** The one place that says whether something is an http or https URL that can be asked for: `http://[` begins like one and is none. */
export const isWebAddress = (text: string): boolean =>
  text.length <= MAX_WEB_ADDRESS && webAddress.test(text) && URL.canParse(text);
