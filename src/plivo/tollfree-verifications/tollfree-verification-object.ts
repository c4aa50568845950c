import { Type } from 'typebox';
import { messageUsecases } from '../../compliance/enums.ts';
import type { TollfreeVerification } from '../../compliance/tollfree-verifications.ts';
import { isWebAddress } from '../../delivery/web-address.ts';
import { invalidParameter } from '../../errors/catalogue.ts';
import { optionalTexts, wireObject } from '../compliance/wire-object.ts';
import { text } from '../fields.ts';
import { isoTime } from '../times.ts';

/** A toll-free verification (compliance.md §7). Flat; `error_message` is always there. */
export const tollfreeObject = {
  uuid: Type.String(),
  profile_uuid: Type.String(),
  number: Type.String(),
  usecase: Type.String(),
  usecase_summary: Type.String(),
  message_sample: Type.String(),
  optin_image_url: Type.String(),
  optin_type: Type.String(),
  volume: Type.String(),
  status: Type.String(),
  error_message: Type.String(),
  created: Type.String(),
  last_modified: Type.String(),
  ...optionalTexts(
    'additional_information',
    'extra_data',
    'terms_and_conditions_link',
    'privacy_policy_link',
    'optin_message',
    'help_message',
    'callback_url',
    'callback_method',
  ),
};

export function renderTollfree({ id, status, facts, createdAt, updatedAt }: TollfreeVerification) {
  const { profileId, callback, errorMessage, ...texts } = facts;
  return {
    ...wireObject(texts),
    uuid: id,
    profile_uuid: profileId,
    ...(callback && { callback_url: callback.url, callback_method: callback.method }),
    status,
    error_message: errorMessage ?? '',
    created: isoTime(createdAt),
    last_modified: isoTime(updatedAt),
  };
}

const optinTypes = ['VERBAL', 'WEB_FORM', 'PAPER_FORM', 'VIA_TEXT', 'MOBILE_QR_CODE'] as const;
/** Messages a month as the documentation has them, and bare figures as older clients write them. */
const VOLUME = '^\\d{1,3}(,\\d{3})*\\+?$|^\\d{1,9}\\+?$';

/** Parameters of compliance.md §7.1; lists are joined by commas. */
export const tollfreeFields = {
  profile_uuid: () => text(36),
  usecase: () => text(500),
  usecase_summary: () => text(500),
  message_sample: () => text(1000),
  optin_image_url: () => text(4096),
  optin_type: () => Type.Union(optinTypes.map((name) => Type.Literal(name))),
  volume: () => Type.String({ maxLength: 20, pattern: VOLUME }),
};
export const optionalTollfreeFields = {
  additional_information: Type.Optional(text(500)),
  extra_data: Type.Optional(text(100)),
  terms_and_conditions_link: Type.Optional(text(2048)),
  privacy_policy_link: Type.Optional(text(2048)),
  optin_message: Type.Optional(text(1000)),
  help_message: Type.Optional(text(1000)),
};

/** Uses joined by commas, each of the list. */
export function readUsecases(given: string): string {
  const uses = given.split(',').map((use) => use.trim());
  if (uses.every((use) => messageUsecases.some((known) => known === use))) return uses.join(',');
  const expected = `values of ${messageUsecases.join(', ')}, joined by commas, are expected`;
  throw invalidParameter('usecase', `usecase parameter is invalid: ${expected}`);
}

export function readImageUrls(given: string): string {
  const urls = given.split(',').map((url) => url.trim());
  if (urls.every(isWebAddress)) return urls.join(',');
  throw invalidParameter('optin_image_url', 'optin_image_url parameter is invalid: URLs joined by commas are expected');
}
