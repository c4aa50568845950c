import { type Static, Type } from 'typebox';
import { engineNames, type SpeechConfiguration } from '../speech/engines.ts';
import { oneOf, optional, secret, strict, text } from './value-schemas.ts';

/** The section `speech` of the configuration file. Without it speech is made by espeak-ng, where that is installed. */

const url = () =>
  Type.String({ maxLength: 2048, pattern: '^https?://[^\\s\\u0000-\\u001f]+$', description: 'an http or https URL is expected' });

export const speechSection = Type.Object(
  {
    engines: Type.Array(oneOf(engineNames), {
      minItems: 1,
      maxItems: engineNames.length,
      uniqueItems: true,
      description: `a list of ${engineNames.join(', ')} is expected`,
    }),
    openai: optional(
      Type.Object(
        {
          url: url(),
          api_key: optional(secret()),
          model: optional(text()),
          format: optional(oneOf(['wav', 'pcm'])),
          sample_rate: optional(
            Type.Integer({ minimum: 8_000, maximum: 48_000, description: 'a whole number from 8000 to 48000 is expected' }),
          ),
          voices: optional(
            Type.Record(Type.String({ pattern: '^.{1,80}$' }), text(), {
              description:
                "names of the server's voices by WOMAN, MAN, a Polly name, or a language and one of these, are expected",
            }),
          ),
        },
        strict,
      ),
    ),
    polly: optional(
      Type.Object(
        {
          region: Type.String({ pattern: '^[a-z0-9-]{1,32}$', description: 'a region such as eu-central-1 is expected' }),
          access_key_id: secret(),
          secret_access_key: secret(),
          session_token: optional(secret()),
          model: optional(oneOf(['standard', 'neural', 'long-form', 'generative'])),
          endpoint: optional(url()),
        },
        strict,
      ),
    ),
  },
  strict,
);

export type SpeechSection = Static<typeof speechSection>;

/** Engines of the list whose own section is missing. */
export function missingSpeechSections({ engines, openai, polly }: SpeechSection): readonly string[] {
  return engines.filter((name) => (name === 'openai' && !openai) || (name === 'polly' && !polly));
}

/** The section in the names that its code has for it. */
export function speechConfiguration({ engines, openai, polly }: SpeechSection): SpeechConfiguration {
  return {
    engines,
    ...(openai && {
      openai: {
        url: openai.url,
        ...(openai.api_key !== undefined && { apiKey: openai.api_key }),
        ...(openai.model !== undefined && { model: openai.model }),
        ...(openai.format !== undefined && { format: openai.format }),
        ...(openai.sample_rate !== undefined && { sampleRate: openai.sample_rate }),
        ...(openai.voices !== undefined && { voices: openai.voices }),
      },
    }),
    ...(polly && {
      polly: {
        region: polly.region,
        accessKeyId: polly.access_key_id,
        secretAccessKey: polly.secret_access_key,
        ...(polly.session_token !== undefined && { sessionToken: polly.session_token }),
        ...(polly.model !== undefined && { model: polly.model }),
        ...(polly.endpoint !== undefined && { endpoint: polly.endpoint }),
      },
    }),
  };
}
