import { sayAs } from './say-as.ts';
import type { SpeechNode } from './ssml.ts';

/**
 * Speech markup for engines that take text alone: what is to be read otherwise than written is written as it is to be read,
 * breaks and paragraphs become punctuation. Prosody, emphasis, pronunciation and change of language have no form there.
 */
export function spokenText(content: readonly SpeechNode[], language: string): string {
  return textOf(content, language)
    .replaceAll(/\s+/g, ' ')
    .replaceAll(/ (?=[,.])/g, '')
    .replaceAll(/([,.!?;:])(?:[,.])+/g, '$1')
    .replace(/^[\s,.]+/, '')
    .trim();
}

function textOf(content: readonly SpeechNode[], language: string): string {
  return content.map((node) => (typeof node === 'string' ? node : elementText(node, language))).join('');
}

function elementText(node: Exclude<SpeechNode, string>, language: string): string {
  switch (node.name) {
    case 'break':
      return node.attributes.strength === 'none' ? ' ' : ', ';
    case 'p':
    case 's':
      return ` ${textOf(node.content, language)}. `;
    case 'sub':
      return node.attributes.alias;
    case 'say-as': {
      const spoken = sayAs(node.attributes['interpret-as'], node.content.join(''), node.attributes.format, language);
      if (spoken.kind === 'letters') return ` ${[...spoken.text].filter((letter) => letter !== ' ').join(' ')} `;
      return spoken.kind === 'bleep' ? 'beep' : spoken.text;
    }
    case 'lang':
      return textOf(node.content, node.attributes['xml:lang']);
    default:
      return textOf(node.content, language);
  }
}
