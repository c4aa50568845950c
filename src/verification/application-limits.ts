/** Of a Verify application where nobody says otherwise. The bounds of the code's length are the reference's (account-numbers.md §12). */
export const applicationDefaults = {
  alias: 'default',
  codeLength: 6,
  expiryS: 600,
  maxAttempts: 5,
  template: null,
  appHash: null,
  channels: ['sms', 'voice'],
  locale: 'en_US',
} as const;

/** What an operator may set. Seconds for the expiry: less leaves no time to type a code, a day is what nobody waits for. */
export const applicationLimits = {
  name: 64,
  brandName: 64,
  codeLength: { least: 4, most: 8 },
  expiryS: { least: 30, most: 86_400 },
  maxAttempts: { least: 1, most: 20 },
  template: 1_600,
} as const;

export const LOCALE = /^[A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8})?$/;
/** Eleven characters that Android computes of an application. */
export const APP_HASH = /^[A-Za-z0-9+/]{11}$/;
/** A template that names no code would send none. */
export const TEMPLATE_CODE = /\$?\{code\}/;
