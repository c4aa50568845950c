/** Time from the 200 of an INVITE to the first audio of the document, seen by a caller of our own: plain SIP over UDP, one call at a time. */
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';

export interface AnswerTimes {
  /** Milliseconds from 200 to the first packet with sound, ascending. */
  readonly toSound: readonly number[];
  /** Milliseconds from INVITE to 200, ascending. */
  readonly toAnswer: readonly number[];
  /** Calls that got no 200, or no sound, in time. */
  readonly failed: number;
}

const ANSWER_TIMEOUT_MS = 5_000;
/** How long each call goes on after its first sound. */
const HOLD_MS = 40;
const RTP_HEADER_BYTES = 12;
/** Silence of µ-law, both signs, and of A-law. */
const SILENCE = new Set([0xff, 0x7f, 0xd5, 0x55]);

export async function measureAnswers(sipPort: number, number: string, calls: number): Promise<AnswerTimes> {
  const sip = await open();
  const rtp = await open();
  const toSound: number[] = [];
  const toAnswer: number[] = [];
  let failed = 0;
  try {
    for (let call = 0; call < calls; call++) {
      const times = await oneCall(sip, rtp, sipPort, number, `${process.pid}-${Date.now()}-${call}`);
      if (times === undefined) {
        failed++;
        continue;
      }
      toSound.push(times.toSound);
      toAnswer.push(times.toAnswer);
    }
  } finally {
    sip.close();
    rtp.close();
  }
  const ascending = (a: number, b: number) => a - b;
  return { toSound: toSound.toSorted(ascending), toAnswer: toAnswer.toSorted(ascending), failed };
}

async function open(): Promise<Socket> {
  const socket = createSocket('udp4');
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return socket;
}

async function oneCall(
  sip: Socket,
  rtp: Socket,
  sipPort: number,
  number: string,
  id: string,
): Promise<{ readonly toSound: number; readonly toAnswer: number } | undefined> {
  const own = `127.0.0.1:${sip.address().port}`;
  const request = (method: string, uri: string, cseq: number, to: string, body: string) => {
    const head = [
      `${method} ${uri} SIP/2.0`,
      `Via: SIP/2.0/UDP ${own};branch=z9hG4bK-${id}-${method}`,
      `From: <sip:+14155550123@${own}>;tag=${id}`,
      `To: ${to}`,
      `Call-ID: ${id}`,
      `CSeq: ${cseq} ${method}`,
      `Contact: <sip:bench@${own}>`,
      'Max-Forwards: 70',
      ...(body === '' ? [] : ['Content-Type: application/sdp']),
      `Content-Length: ${Buffer.byteLength(body)}`,
    ].join('\r\n');
    sip.send(`${head}\r\n\r\n${body}`, sipPort, '127.0.0.1');
  };
  const callee = `<sip:+${number}@127.0.0.1:${sipPort}>`;
  const answered = Promise.withResolvers<{ readonly at: number; readonly text: string }>();
  const sounded = Promise.withResolvers<number>();
  const ended = Promise.withResolvers<void>();
  const hearSip = (packet: Buffer) => {
    const at = performance.now();
    const text = packet.toString('latin1');
    if (!text.includes(`Call-ID: ${id}`) || !text.startsWith('SIP/2.0 2')) return;
    if (/^CSeq: 1 INVITE/m.test(text)) answered.resolve({ at, text });
    if (/^CSeq: 2 BYE/m.test(text)) ended.resolve();
  };
  const hearRtp = (packet: Buffer) => {
    if (packet.subarray(RTP_HEADER_BYTES).some((octet) => !SILENCE.has(octet))) sounded.resolve(performance.now());
  };
  sip.on('message', hearSip);
  const limit = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
  const inTime = <T>(wanted: Promise<T>) => Promise.race([wanted, once(limit, 'abort').then(() => undefined)]);
  try {
    const sdp = [
      'v=0',
      'o=bench 1 1 IN IP4 127.0.0.1',
      's=-',
      'c=IN IP4 127.0.0.1',
      't=0 0',
      `m=audio ${rtp.address().port} RTP/AVP 0`,
      'a=rtpmap:0 PCMU/8000',
      'a=ptime:20',
      '',
    ].join('\r\n');
    const sentAt = performance.now();
    rtp.on('message', hearRtp);
    request('INVITE', `sip:+${number}@127.0.0.1:${sipPort}`, 1, callee, sdp);
    const answer = await inTime(answered.promise);
    if (answer === undefined) return undefined;
    const to = /^To: (.*)$/m.exec(answer.text)?.[1]?.trim() ?? callee;
    const target = /^Contact: <([^>]*)>/m.exec(answer.text)?.[1] ?? `sip:127.0.0.1:${sipPort}`;
    request('ACK', target, 1, to, '');
    const sound = await inTime(sounded.promise);
    await sleep(HOLD_MS);
    request('BYE', target, 2, to, '');
    await inTime(ended.promise);
    return sound === undefined ? undefined : { toSound: sound - answer.at, toAnswer: answer.at - sentAt };
  } finally {
    sip.off('message', hearSip);
    rtp.off('message', hearRtp);
  }
}
