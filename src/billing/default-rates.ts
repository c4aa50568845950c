import type { RateRow } from './rates.ts';

/**
 * The price list of a fresh instance, in USD. Invented round figures of the order people pay, so that balances, callbacks and records
 * show realistic numbers out of the box; an operator loads a list of their own.
 *
 * Order of thought: North America has a low rate and carrier fees, the larger destinations a rate of their own, the rest of the world
 * one that is safe. Inbound messages are free except MMS; voice is by the minute. A message service that a prefix does not name falls back to the empty prefix.
 */
export const defaultRates: readonly RateRow[] = [
  { service: 'sms', direction: 'outbound', prefix: '', rate: '0.08000' },
  { service: 'sms', direction: 'outbound', prefix: '1', rate: '0.00550', carrierFee: '0.00300' },
  { service: 'sms', direction: 'outbound', prefix: '33', rate: '0.06900' },
  { service: 'sms', direction: 'outbound', prefix: '34', rate: '0.06200' },
  { service: 'sms', direction: 'outbound', prefix: '39', rate: '0.07100' },
  { service: 'sms', direction: 'outbound', prefix: '44', rate: '0.04200' },
  { service: 'sms', direction: 'outbound', prefix: '49', rate: '0.08900' },
  { service: 'sms', direction: 'outbound', prefix: '52', rate: '0.03300' },
  { service: 'sms', direction: 'outbound', prefix: '55', rate: '0.03900' },
  { service: 'sms', direction: 'outbound', prefix: '61', rate: '0.04700' },
  { service: 'sms', direction: 'outbound', prefix: '65', rate: '0.04100' },
  { service: 'sms', direction: 'outbound', prefix: '81', rate: '0.07300' },
  { service: 'sms', direction: 'outbound', prefix: '91', rate: '0.00400' },
  { service: 'sms', direction: 'inbound', prefix: '', rate: '0.00000' },
  { service: 'mms', direction: 'outbound', prefix: '', rate: '0.08000' },
  { service: 'mms', direction: 'outbound', prefix: '1', rate: '0.01800', carrierFee: '0.00700' },
  { service: 'mms', direction: 'inbound', prefix: '', rate: '0.01000' },
  { service: 'whatsapp', direction: 'outbound', prefix: '', rate: '0.00200' },
  { service: 'whatsapp', direction: 'inbound', prefix: '', rate: '0.00200' },
  { service: 'voice', direction: 'outbound', prefix: '', rate: '0.15000' },
  { service: 'voice', direction: 'outbound', prefix: '1', rate: '0.01000' },
  { service: 'voice', direction: 'outbound', prefix: '33', rate: '0.03000' },
  { service: 'voice', direction: 'outbound', prefix: '34', rate: '0.03000' },
  { service: 'voice', direction: 'outbound', prefix: '39', rate: '0.04000' },
  { service: 'voice', direction: 'outbound', prefix: '44', rate: '0.02000' },
  { service: 'voice', direction: 'outbound', prefix: '49', rate: '0.03000' },
  { service: 'voice', direction: 'outbound', prefix: '52', rate: '0.02500' },
  { service: 'voice', direction: 'outbound', prefix: '55', rate: '0.03500' },
  { service: 'voice', direction: 'outbound', prefix: '61', rate: '0.04000' },
  { service: 'voice', direction: 'outbound', prefix: '65', rate: '0.05000' },
  { service: 'voice', direction: 'outbound', prefix: '81', rate: '0.08000' },
  { service: 'voice', direction: 'outbound', prefix: '91', rate: '0.01500' },
  { service: 'voice', direction: 'inbound', prefix: '', rate: '0.00550' },
  // A minute of one participant, on top of its call.
  { service: 'multiparty', direction: 'inbound', prefix: '', rate: '0.00250' },
];
