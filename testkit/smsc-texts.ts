import { EsmClass, messageOctets, type ShortMessage } from '../src/carriers/smpp/message-pdu.ts';
import { readText } from '../src/carriers/smpp/text-coding.ts';
import { TlvTag, tlvInteger } from '../src/carriers/smpp/tlv.ts';
import { readUserDataHeader } from '../src/carriers/smpp/udh.ts';

/** A submit as the SMSC took it. The body's octets are copies. */
export interface ReceivedSubmit {
  readonly messageId: string;
  readonly at: number;
  readonly body: ShortMessage;
}

/** A message as the handset would show it. */
export interface ReceivedText {
  readonly source: string;
  readonly dest: string;
  readonly text: string;
  readonly parts: number;
  /** Ids of its parts, in the order of the text. */
  readonly messageIds: readonly string[];
}

interface Place {
  readonly reference: number;
  readonly total: number;
  readonly part: number;
  readonly octets: Uint8Array;
}

/** Joins the parts of long messages. Messages of which parts are missing are left out. Repeated parts count once. */
export function joinTexts(submits: readonly ReceivedSubmit[]): readonly ReceivedText[] {
  const texts: ReceivedText[] = [];
  const open = new Map<string, Map<number, { submit: ReceivedSubmit; place: Place }>>();
  for (const submit of submits) {
    const { source, dest } = submit.body;
    const place = placeOf(submit.body);
    const key = [source, dest, place.reference, place.total].join('\n');
    const parts = open.get(key) ?? new Map<number, { submit: ReceivedSubmit; place: Place }>();
    parts.set(place.part, { submit, place });
    if (parts.size < place.total) {
      open.set(key, parts);
      continue;
    }
    open.delete(key);
    const ordered = [...parts.values()].sort((a, b) => a.place.part - b.place.part);
    texts.push({
      source,
      dest,
      text: ordered.map((entry) => readText(entry.place.octets, entry.submit.body.dataCoding, 'gsm')).join(''),
      parts: ordered.length,
      messageIds: ordered.map((entry) => entry.submit.messageId),
    });
  }
  return texts;
}

function placeOf(body: ShortMessage): Place {
  const octets = messageOctets(body);
  const header = (body.esmClass & EsmClass.udhi) === 0 ? undefined : readUserDataHeader(octets);
  if (header?.concatenation !== undefined) return { ...header.concatenation, octets: octets.subarray(header.length) };
  const reference = tlvInteger(body.tlvs, TlvTag.sarMsgRefNum) ?? 0;
  const total = tlvInteger(body.tlvs, TlvTag.sarTotalSegments) ?? 1;
  const part = tlvInteger(body.tlvs, TlvTag.sarSegmentSeqnum) ?? 1;
  return { reference, total, part, octets };
}
