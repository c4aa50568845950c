import { type SignatureInput, signatureV3 } from './signatures.ts';

/** What one validator makes of the URL, a bare path of its own (audio-streaming.md §3). */
const QUIRK_PATH = '/websocket';

/**
 * Headers of the upgrade request of a stream. V3 signs it as a GET of the URL with the scheme `http`; validators disagree about
 * scheme and query, and all of them take a list, so every form in use is signed, the one of the live service first.
 */
export function streamHandshakeHeaders(
  url: string,
  { ownerTokens, mainTokens, nonce }: Pick<SignatureInput, 'ownerTokens' | 'mainTokens' | 'nonce'>,
): Record<string, string> {
  const forms = signedForms(url);
  const list = (tokens: readonly string[]) =>
    tokens.flatMap((token) => forms.map((form) => signatureV3(token, 'GET', form, {}, nonce))).join(',');
  return {
    'X-Plivo-Signature-V3': list(ownerTokens),
    'X-Plivo-Signature-Ma-V3': list(mainTokens),
    'X-Plivo-Signature-V3-Nonce': nonce,
  };
}

function signedForms(url: string): readonly string[] {
  const bare = url.replace(/[?#].*$/s, '');
  const forms = [url, bare].flatMap((form) => [form.replace(/^ws(s?):/i, 'http:'), form.replace(/^ws(s?):/i, 'https:'), form]);
  return [...new Set([...forms, bare.replace(/^ws(s?):/i, 'http:') + QUIRK_PATH])];
}
