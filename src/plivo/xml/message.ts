import { childrenOf, textOf } from './document.ts';
import {
  attribute,
  type ElementDefinition,
  methodAttribute,
  noteIgnored,
  refuse,
  requiredAttribute,
  urlAttribute,
} from './element.ts';

/** Sends a text message (messaging.md §13). */
export interface MessageElement {
  readonly element: 'Message';
  readonly src: string;
  /** As written, one or more. */
  readonly dst: readonly string[];
  readonly text: string;
  /** Where the delivery reports of these messages go. */
  readonly callbackUrl: string | undefined;
  readonly callbackMethod: 'GET' | 'POST';
}

/** Several recipients are written in one attribute, divided by this. */
const DESTINATION_SEPARATOR = '<';

export const message: ElementDefinition<'Message', MessageElement> = {
  name: 'Message',
  parents: ['Response', 'PreAnswer'],
  read(node, notes) {
    for (const child of childrenOf(node)) noteIgnored(child, node.name, notes);
    const type = attribute(node, 'type') ?? 'sms';
    if (type !== 'sms') refuse(node, `<Message> of type ${type}: only sms can be sent from XML`);
    const dst = requiredAttribute(node, 'dst')
      .split(DESTINATION_SEPARATOR)
      .map((number) => number.trim())
      .filter((number) => number !== '');
    if (dst.length === 0) refuse(node, '<Message> needs a number in the attribute dst');
    const text = textOf(node);
    if (text === '') refuse(node, '<Message> has no text');
    return {
      element: 'Message',
      src: requiredAttribute(node, 'src'),
      dst,
      text,
      callbackUrl: urlAttribute(node, 'callbackUrl'),
      callbackMethod: methodAttribute(node, 'callbackMethod'),
    };
  },
};
