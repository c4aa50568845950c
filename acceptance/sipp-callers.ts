/** SIPp (Debian: sip-tester) as many callers at once: each calls, plays G.711 into the call for a while, and hangs up. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface CallersOptions {
  /** SIP port of the server on 127.0.0.1. */
  readonly to: number;
  /** Own SIP port. */
  readonly port: number;
  /** Number called, digits. */
  readonly number: string;
  readonly calls: number;
  readonly callsPerSecond: number;
  /** No more calls than this at one moment, whatever the pace; no limit when it is not given. */
  readonly atOnce?: number;
  /** From the 200 to the BYE. */
  readonly holdMs: number;
  /** False: the caller sends no RTP. */
  readonly speaks: boolean;
}

export interface CallersResult {
  readonly succeeded: number;
  readonly failed: number;
  /** SIP messages that were sent again because nothing came back in time. */
  readonly retransmissions: number;
  /** Most calls at one moment. */
  readonly peak: number;
  /** CPU seconds that SIPp itself took. */
  readonly cpuSeconds: number;
  readonly elapsedSeconds: number;
  /** First lines of SIPp's error log; empty when all went as written. */
  readonly errors: string;
}

/** Beyond calls, pace and hold: a call that hangs counts as failed by then. */
const LIMIT_SLACK_S = 60;
/** A call that is not answered, or not ended, within this time has failed. */
const ANSWER_MS = 10_000;
/** µ-law of a caller who speaks, looped: one second. */
const SPEECH_BYTES = 8_000;
/** RTP streams that one sending thread of SIPp serves; its default of 20 makes 50 threads of 1000 calls. */
const STREAMS_PER_THREAD = 250;

export interface Callers {
  readonly pid: number;
  readonly done: Promise<CallersResult>;
}

export async function startCallers(options: CallersOptions): Promise<Callers> {
  const folder = await mkdtemp(join(tmpdir(), 'ringdown-callers-'));
  await writeFile(join(folder, 'scenario.xml'), scenario(options));
  await writeFile(join(folder, 'speech.ulaw'), speech());
  const { calls, callsPerSecond, holdMs } = options;
  const limitS = Math.ceil(calls / callsPerSecond + holdMs / 1000 + LIMIT_SLACK_S);
  const began = performance.now();
  const child = spawn(
    '/usr/bin/env',
    [
      ...['bash', '-c', 'sipp "$@" > screen.log 2>&1; code=$?; times > times.log; exit $code', 'sipp'],
      ...[`127.0.0.1:${options.to}`, '-sf', 'scenario.xml', '-i', '127.0.0.1', '-mi', '127.0.0.1', '-p', String(options.port)],
      ...['-t', 'u1', '-m', String(calls), '-r', String(callsPerSecond), '-l', String(options.atOnce ?? calls), '-nostdin'],
      ...[
        '-timeout',
        `${limitS}s`,
        '-recv_timeout',
        String(ANSWER_MS),
        '-trace_stat',
        '-stf',
        'stat.csv',
        '-fd',
        '1',
        '-trace_err',
        '-error_file',
        'errors.log',
      ],
      ...['-buff_size', String(4 * 1024 * 1024), '-rtp_threadtasks', String(STREAMS_PER_THREAD)],
    ],
    { cwd: folder, stdio: 'ignore' },
  );
  if (child.pid === undefined) throw new Error('SIPp could not be started');
  const done = once(child, 'exit').then(async (): Promise<CallersResult> => {
    const read = (name: string) => readFile(join(folder, name), 'latin1').catch(() => '');
    const rows = (await read('stat.csv')).trim().split('\n');
    const names = rows[0]?.split(';') ?? [];
    const last = rows.at(-1)?.split(';') ?? [];
    const column = (row: readonly string[], name: string) => Number(row[names.indexOf(name)] ?? 0);
    const result = {
      succeeded: column(last, 'SuccessfulCall(C)'),
      failed: calls - column(last, 'SuccessfulCall(C)'),
      retransmissions: column(last, 'Retransmissions(C)'),
      peak: Math.max(0, ...rows.slice(1).map((row) => column(row.split(';'), 'CurrentCall'))),
      cpuSeconds: childSeconds(await read('times.log')),
      elapsedSeconds: (performance.now() - began) / 1000,
      errors: (await read('errors.log')).split('\n').slice(0, 12).join('\n'),
    };
    await rm(folder, { recursive: true, force: true });
    return result;
  });
  return { pid: child.pid, done };
}

/** The second line of bash's `times`: user and system time of what it ran, as `0m1.234s`. */
function childSeconds(text: string): number {
  const line = text.split('\n')[1] ?? '';
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}

/** Something that is not silence: G.711 of a sawtooth. */
function speech(): Buffer {
  return Buffer.from(Uint8Array.from({ length: SPEECH_BYTES }, (_, at) => 0x80 + ((at * 7) % 64)));
}

function scenario({ number, holdMs, speaks }: CallersOptions): string {
  const request = (method: string, uri: string, cseq: number, to: string, body: string) => `${method} ${uri} SIP/2.0
Via: SIP/2.0/UDP [local_ip]:[local_port];branch=[branch]
From: <sip:+14155550123@[local_ip]:[local_port]>;tag=[pid]A[call_number]
To: <sip:+${number}@[remote_ip]:[remote_port]>${to}
Call-ID: [call_id]
CSeq: ${cseq} ${method}
Contact: <sip:sipp@[local_ip]:[local_port]>
Max-Forwards: 70
${body === '' ? 'Content-Length: 0' : `Content-Type: application/sdp\nContent-Length: [len]\n\n${body}`}`;
  const sdp = `v=0
o=sipp 1 1 IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio [rtpstream_audio_port] RTP/AVP 0 101
a=rtpmap:0 PCMU/8000
a=rtpmap:101 telephone-event/8000
a=ptime:20`;
  const send = (message: string, repeat: boolean) =>
    `<send${repeat ? ' retrans="500"' : ''}><![CDATA[\n\n${message}\n\n]]></send>`;
  return `<?xml version="1.0" encoding="ISO-8859-1"?>
<scenario name="callers">
${send(request('INVITE', `sip:+${number}@[remote_ip]:[remote_port]`, 1, '', sdp), true)}
<recv response="100" optional="true"/>
<recv response="180" optional="true"/>
<recv response="183" optional="true"/>
<recv response="200" rrs="true"/>
${send(request('ACK', '[next_url]', 1, '[peer_tag_param]', ''), false)}
${speaks ? '<nop><action><exec rtp_stream="speech.ulaw,-1,0"/></action></nop>' : ''}
<pause milliseconds="${holdMs}"/>
${send(request('BYE', '[next_url]', 2, '[peer_tag_param]', ''), true)}
<recv response="200"/>
</scenario>
`;
}
