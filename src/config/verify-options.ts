import { type Static, Type } from 'typebox';
import { APP_HASH, applicationLimits, LOCALE, TEMPLATE_CODE } from '../verification/application-limits.ts';
import { verifyChannels } from '../verification/session.ts';
import { oneOf, optional, strict, text } from './value-schemas.ts';

/** Entries of the section `verify_applications` of the configuration file, by their id. */

const { name, brandName, codeLength, expiryS, maxAttempts, template } = applicationLimits;
const within = ({ least, most }: { readonly least: number; readonly most: number }) =>
  Type.Integer({ minimum: least, maximum: most, description: `a whole number from ${least} to ${most} is expected` });

export const verifyApplicationEntry = Type.Object(
  {
    app_uuid: Type.String({
      pattern: '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$',
      description: 'a UUID such as "2e802f94-cc03-4e35-b4c8-5a0328544135" is expected',
    }),
    account: Type.String({ pattern: '^MA[A-Z0-9]{18}$', description: 'MA and 18 upper-case letters or digits are expected' }),
    name: text(name),
    brand_name: optional(text(brandName)),
    channels: optional(
      Type.Array(oneOf(verifyChannels), {
        minItems: 1,
        maxItems: verifyChannels.length,
        uniqueItems: true,
        description: `a list of ${verifyChannels.join(', ')} is expected`,
      }),
    ),
    locale: optional(Type.String({ pattern: LOCALE.source, description: 'a language such as en_US is expected' })),
    code_length: optional(within(codeLength)),
    expiry_seconds: optional(within(expiryS)),
    max_attempts: optional(within(maxAttempts)),
    template: optional(
      Type.String({ maxLength: template, pattern: TEMPLATE_CODE.source, description: 'a text with {code} is expected' }),
    ),
    app_hash: optional(Type.String({ pattern: APP_HASH.source, description: 'eleven characters of base64 are expected' })),
    default: optional(Type.Boolean({ description: 'true or false is expected' })),
  },
  strict,
);

export type VerifyApplicationEntry = Static<typeof verifyApplicationEntry>;
