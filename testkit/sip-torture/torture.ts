import { readdirSync, readFileSync } from 'node:fs';

/**
 * The test messages of RFC 4475, one file each under the RFC's own name for it, in the RFC's notation (§2): `<allOneLine>` joins the
 * lines inside it without blanks, `<repeat count=N>` repeats text, `<hex>` holds octets. The octets of the `mpart01` body are our own.
 */
const HERE = new URL('./', import.meta.url);

export const tortureNames: readonly string[] = readdirSync(HERE)
  .filter((name) => name.endsWith('.txt'))
  .map((name) => name.slice(0, -'.txt'.length));

/** The message as it would arrive. */
export function tortureMessage(name: string): Buffer {
  const notation = readFileSync(new URL(`${name}.txt`, HERE), 'utf8');
  const text = notation
    .replace(/<allOneLine>\n(.*?)\n<\/allOneLine>/gs, (_, lines: string) => lines.replaceAll('\n', ''))
    .replace(/<repeat count=([0-9]+)>(.*?)<\/repeat>/g, (_, count: string, repeated: string) => repeated.repeat(Number(count)))
    .replaceAll('\n', '\r\n');
  // Octets last and one character each, so that none of them is taken for notation or changed by an encoding.
  const octets = Buffer.from(text, 'utf8').toString('latin1');
  return Buffer.from(
    octets.replace(/<hex>([0-9A-F]*)<\/hex>/g, (_, digits: string) => Buffer.from(digits, 'hex').toString('latin1')),
    'latin1',
  );
}
