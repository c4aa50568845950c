import { type Static, Type } from 'typebox';
import { nodeTypes, phloLimits } from '../phlo/phlo.ts';
import { oneOf, optional, strict, text } from './value-schemas.ts';

/** Entries of the section `phlos` of the configuration file: stored flows, by their id. */

const uuid = () =>
  Type.String({
    pattern: '^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$',
    description: 'a UUID such as "2e802f94-cc03-4e35-b4c8-5a0328544135" is expected',
  });
const url = () =>
  Type.String({
    maxLength: phloLimits.url,
    pattern: '^https?://[^\\s\\u0000-\\u001f]+$',
    description: 'an http or https URL is expected',
  });

export const phloEntry = Type.Object(
  {
    phlo_id: uuid(),
    account: Type.String({ pattern: '^MA[A-Z0-9]{18}$', description: 'MA and 18 upper-case letters or digits are expected' }),
    subaccount: optional(
      Type.String({ pattern: '^SA[A-Z0-9]{18}$', description: 'SA and 18 upper-case letters or digits are expected' }),
    ),
    name: text(phloLimits.name),
    from: optional(
      Type.Union([Type.String({ pattern: '^\\+?\\d{3,15}$' }), Type.Integer({ minimum: 100, maximum: 999_999_999_999_999 })], {
        description: '3 to 15 digits are expected',
      }),
    ),
    xml: optional(Type.String({ minLength: 1, maxLength: phloLimits.document, description: 'an XML document is expected' })),
    url: optional(url()),
    nodes: optional(
      Type.Array(
        Type.Object(
          {
            type: oneOf(nodeTypes),
            name: text(phloLimits.name),
            node_id: optional(uuid()),
            voicemail_url: optional(url()),
          },
          strict,
        ),
        { maxItems: phloLimits.nodes, description: `a list of at most ${phloLimits.nodes} nodes is expected` },
      ),
    ),
  },
  strict,
);

export type PhloEntry = Static<typeof phloEntry>;
