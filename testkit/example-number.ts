import type { NumberFacts } from '../src/numbers/number-directory.ts';
import { OWNER } from './voice-rig.ts';

/** A number for voice and texts, whose calls go to the application of `inboundApplication`. */
export const exampleNumber = (more: Partial<NumberFacts> = {}): NumberFacts => ({
  number: '14155550100',
  accountId: OWNER,
  subaccountId: null,
  appId: '10000000000000001',
  carrier: 'first',
  countryIso: 'US',
  type: 'local',
  smsEnabled: true,
  mmsEnabled: false,
  voiceEnabled: true,
  ...more,
});
