import assert from 'node:assert/strict';
import { it } from 'node:test';
import { parseContact } from './contact.ts';
import { parseChallenge } from './digest-client.ts';
import { parseMediaType } from './media-type.ts';
import { parseNameAddress } from './name-address.ts';
import { parseMessage } from './parser.ts';
import { parseReason } from './reason.ts';
import { parseReferTo } from './refer.ts';
import { parseRAck } from './reliable-provisional.ts';
import { splitOutside } from './scan.ts';
import { parseSdp } from './sdp.ts';
import { parseRetryAfter, parseSessionExpires } from './session-timer.ts';
import { equalUris, isUri, parseUri } from './uri.ts';
import { parseVia } from './via.ts';

/** As long as a whole message may be, so eight times what a header may be. */
const LENGTH = 65_000;
/** Reading so much takes some 5 ms; what is quadratic takes seconds. */
const MAX_MS = 700;

const PREFIXES = [
  '',
  '"',
  '<',
  'sip:',
  'sip:a@',
  'sip:a@b;',
  'sip:a@b?',
  'tel:',
  '<sip:a@b>',
  '<sip:a@b>;',
  'SIP/2.0/UDP ',
  'SIP/2.0/UDP h',
  'Digest ',
  'Digest a="',
  '1',
  'v=0\r\no=',
  'INVITE ',
];
const REPEATED = [
  ' ',
  '\t',
  ';',
  ',',
  '"',
  '\\',
  '<',
  '>',
  '%',
  '%41',
  '@',
  ':',
  '=',
  '.',
  'a',
  'a.',
  '1',
  '0',
  ':1',
  ';a=b',
  'a=b,',
  '&a=b',
  '\r\n ',
  '\r\n',
  'a: b\r\n',
  '-',
  '[',
  '/',
  '()',
  '""',
  '<>',
];

const readers: Readonly<Record<string, (text: string) => unknown>> = {
  parseContact,
  parseNameAddress,
  parseVia,
  parseUri,
  isUri,
  equalUris: (text) => equalUris(text, `${text}x`),
  parseChallenge,
  parseMediaType,
  parseReason,
  parseReferTo,
  parseRAck,
  parseRetryAfter,
  parseSessionExpires,
  parseSdp,
  splitOutside: (text) => splitOutside(text, 44),
  parseMessage: (text) => {
    try {
      return parseMessage(Buffer.from(text));
    } catch {
      return undefined;
    }
  },
};

/** CPU time of this process: other work of the machine does not count. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

for (const [name, read] of Object.entries(readers)) {
  it(`${name} takes linear time whatever it is given`, () => {
    for (const prefix of PREFIXES) {
      for (const repeated of REPEATED) {
        for (const suffix of ['', '!']) {
          const text = `${prefix}${repeated.repeat(LENGTH / repeated.length)}${suffix}`;
          const start = cpuMs();
          read(text);
          const took = cpuMs() - start;
          assert.ok(took < MAX_MS, `${JSON.stringify(prefix)} and then ${JSON.stringify(repeated)}: ${took} ms`);
        }
      }
    }
  });
}
