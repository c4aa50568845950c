import { type Static, Type } from 'typebox';
import { type RecognitionConfiguration, recogniserNames } from '../speech/recognition/configured-recogniser.ts';
import { speechModels } from '../speech/recognition/recogniser.ts';
import { dialectNames } from '../speech/recognition/speech-dialect.ts';
import { oneOf, optional, secret, strict, text } from './value-schemas.ts';

/** The section `recognition` of the configuration file. Without it speech is not understood. */

const address = (schemes: string, description: string) =>
  Type.String({ maxLength: 2048, pattern: `^(?:${schemes})://[^\\s\\u0000-\\u001f]+$`, description });
const whole = (minimum: number, maximum: number) =>
  Type.Integer({ minimum, maximum, description: `a whole number from ${minimum} to ${maximum} is expected` });

const MAX_ARGUMENTS = 64;
const MAX_PROCESSES = 64;
const MAX_TIMEOUT_S = 600;

const [defaultModel, commandModel, phoneModel] = speechModels;

export const recognitionSection = Type.Object(
  {
    engines: Type.Array(oneOf(recogniserNames), {
      minItems: 1,
      maxItems: recogniserNames.length,
      uniqueItems: true,
      description: `a list of ${recogniserNames.join(', ')} is expected`,
    }),
    language: optional(
      Type.String({
        pattern: '^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}$',
        description: 'a language tag such as en-US is expected',
      }),
    ),
    openai: optional(
      Type.Object(
        {
          url: address('https?', 'an http or https URL is expected'),
          api_key: optional(secret()),
          model: optional(text()),
          format: optional(oneOf(['json', 'verbose_json'])),
        },
        strict,
      ),
    ),
    websocket: optional(
      Type.Object(
        {
          url: address('wss?', 'a ws or wss URL is expected'),
          dialect: oneOf(dialectNames),
          api_key: optional(secret()),
          models: optional(
            Type.Object(
              { [defaultModel]: optional(text()), [commandModel]: optional(text()), [phoneModel]: optional(text()) },
              strict,
            ),
          ),
        },
        strict,
      ),
    ),
    command: optional(
      Type.Object(
        {
          run: Type.Array(text(2048), {
            minItems: 1,
            maxItems: MAX_ARGUMENTS,
            description: 'a list of a program and its arguments is expected',
          }),
          processes: optional(whole(1, MAX_PROCESSES)),
          timeout_s: optional(whole(1, MAX_TIMEOUT_S)),
        },
        strict,
      ),
    ),
  },
  strict,
);

export type RecognitionSection = Static<typeof recognitionSection>;

/** Engines of the list whose own section is missing. */
export function missingRecognitionSections(section: RecognitionSection): readonly string[] {
  return section.engines.filter((name) => section[name] === undefined);
}

/** The section in the names that its code has for it. */
export function recognitionConfiguration({
  engines,
  language,
  openai,
  websocket,
  command,
}: RecognitionSection): RecognitionConfiguration {
  return {
    engines,
    ...(language !== undefined && { language }),
    ...(openai && {
      openai: {
        url: openai.url,
        ...(openai.api_key !== undefined && { apiKey: openai.api_key }),
        ...(openai.model !== undefined && { model: openai.model }),
        ...(openai.format !== undefined && { format: openai.format }),
      },
    }),
    ...(websocket && {
      websocket: {
        url: websocket.url,
        dialect: websocket.dialect,
        ...(websocket.api_key !== undefined && { apiKey: websocket.api_key }),
        ...(websocket.models !== undefined && { models: websocket.models }),
      },
    }),
    ...(command && {
      command: {
        run: command.run,
        ...(command.processes !== undefined && { processes: command.processes }),
        ...(command.timeout_s !== undefined && { timeoutS: command.timeout_s }),
      },
    }),
  };
}
