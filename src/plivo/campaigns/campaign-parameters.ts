import { type Static, Type } from 'typebox';
import type { CampaignTexts } from '../../compliance/campaigns.ts';
import { text } from '../fields.ts';

/** Longest text of the campaign registry. */
const MAX_TEXT = 4096;
const MAX_SAMPLE = 1024;
export const atLeast = (minLength: number, maxLength = MAX_TEXT) =>
  Type.String({ minLength, maxLength, pattern: '^[^\\u0000]*$' });

/** Lengths of compliance.md §4.1. */
export const DESCRIPTION_LENGTH = 40;
export const SAMPLE_LENGTH = 20;
export const sample = () => atLeast(SAMPLE_LENGTH, MAX_SAMPLE);
const moreSample = () => Type.Optional(text(MAX_SAMPLE));
const keywords = () => Type.Optional(Type.String({ maxLength: 255, pattern: '^[A-Z0-9]+(,[A-Z0-9]+)*$' }));

/** Texts that are optional at creation and at update. The Node SDK writes the last samples with an underscore. */
export const optionalTextFields = {
  sample3: moreSample(),
  sample4: moreSample(),
  sample5: moreSample(),
  sample_3: moreSample(),
  sample_4: moreSample(),
  sample_5: moreSample(),
  help_keywords: keywords(),
  optin_keywords: keywords(),
  optin_message: Type.Optional(atLeast(SAMPLE_LENGTH)),
  optout_keywords: keywords(),
  terms_and_conditions_link: Type.Optional(text(2048)),
  privacy_policy_link: Type.Optional(text(2048)),
  reseller_id: Type.Optional(text(64)),
};

export const textFields = {
  campaign_alias: Type.Optional(text()),
  description: Type.Optional(atLeast(DESCRIPTION_LENGTH)),
  sample1: Type.Optional(sample()),
  sample2: Type.Optional(sample()),
  message_flow: Type.Optional(atLeast(DESCRIPTION_LENGTH)),
  help_message: Type.Optional(atLeast(SAMPLE_LENGTH)),
  optout_message: Type.Optional(atLeast(SAMPLE_LENGTH)),
  ...optionalTextFields,
};

const textSchema = Type.Object(textFields);

/** The texts that were given. */
export function textsOf(given: Static<typeof textSchema>): CampaignTexts {
  const texts: CampaignTexts = {
    alias: given.campaign_alias,
    resellerId: given.reseller_id,
    description: given.description,
    sample1: given.sample1,
    sample2: given.sample2,
    sample3: given.sample3 ?? given.sample_3,
    sample4: given.sample4 ?? given.sample_4,
    sample5: given.sample5 ?? given.sample_5,
    messageFlow: given.message_flow,
    helpMessage: given.help_message,
    helpKeywords: given.help_keywords,
    optinKeywords: given.optin_keywords,
    optinMessage: given.optin_message,
    optoutKeywords: given.optout_keywords,
    optoutMessage: given.optout_message,
    termsAndConditionsLink: given.terms_and_conditions_link,
    privacyPolicyLink: given.privacy_policy_link,
  };
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => value !== undefined));
}
