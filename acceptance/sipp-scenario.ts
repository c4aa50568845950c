/** SIPp scenarios, written once for all suites: https://sipp.readthedocs.io. Every function is one step. */

export const scenario = (...steps: readonly string[]): string =>
  `<?xml version="1.0" encoding="ISO-8859-1"?>\n<scenario name="acceptance">\n${steps.join('\n')}\n</scenario>\n`;

/** A scenario that does not hear what it waits for fails by then. */
const WAIT_MS = 12_000;

const send = (message: string, attributes = ''): string => `<send${attributes}><![CDATA[\n\n${message.trim()}\n\n]]></send>`;

export interface Sdp {
  readonly port: number;
  readonly direction?: 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';
  readonly version?: number;
  /** The m-line's formats and attributes; PCMU and telephone-event without. */
  readonly formats?: string;
}

export const sdp = ({ port, direction = 'sendrecv', version = 1, formats }: Sdp): string =>
  `v=0
o=sipp 1 ${version} IN IP4 127.0.0.1
s=-
c=IN IP4 127.0.0.1
t=0 0
m=audio ${port} RTP/AVP ${formats ?? '0 101\na=rtpmap:0 PCMU/8000\na=rtpmap:101 telephone-event/8000\na=fmtp:101 0-16'}
a=ptime:20
a=${direction}`;

const withBody = (body: string | undefined, type = 'application/sdp'): string =>
  body === undefined ? 'Content-Length: 0' : `Content-Type: ${type}\nContent-Length: [len]\n\n${body}`;
const lines = (headers: readonly string[]): string => headers.map((header) => `${header}\n`).join('');

// What a caller sends.

export interface Invite {
  readonly number: string;
  readonly body?: string;
  readonly headers?: readonly string[];
  readonly from?: string;
}

const CALLER = 'From: "Alice" <sip:+14155550123@[local_ip]:[local_port]>;tag=[pid]A[call_number]';
const VIA = 'Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch]';
const CONTACT = 'Contact: <sip:sipp@[local_ip]:[local_port];transport=[transport]>';

export const invite = ({ number, body, headers = [] }: Invite): string =>
  send(
    `INVITE sip:+${number}@[remote_ip]:[remote_port] SIP/2.0
${VIA}
${CALLER}
To: <sip:+${number}@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 INVITE
${CONTACT}
Max-Forwards: 70
${lines(headers)}${withBody(body)}`,
    ' retrans="500"',
  );

/** CANCEL has the Request-URI of its INVITE and its branch, which is that of `branch` steps before. */
export const cancel = (number: string, branch: number): string =>
  send(
    `CANCEL sip:+${number}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-${branch}]
${CALLER}
To: <sip:+${number}@[remote_ip]:[remote_port]>
Call-ID: [call_id]
CSeq: 1 CANCEL
Max-Forwards: 70
Content-Length: 0`,
    ' retrans="500"',
  );

/** A request inside the dialog of a caller. ACK of a 200 is one, too. */
export const request = (
  method: string,
  cseq: number,
  { body, type, headers = [] }: { body?: string; type?: string; headers?: readonly string[] } = {},
): string =>
  send(
    `${method} [next_url] SIP/2.0
${VIA}
${CALLER}
To: <sip:callee@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: ${cseq} ${method}
${CONTACT}
Max-Forwards: 70
${lines(headers)}${withBody(body, type)}`,
    method === 'ACK' ? '' : ' retrans="500"',
  );

/** ACK of a refusal: part of the INVITE's transaction, whose branch it has. */
export const ackRefusal = (number: string, branch: number): string =>
  send(`ACK sip:+${number}@[remote_ip]:[remote_port] SIP/2.0
Via: SIP/2.0/[transport] [local_ip]:[local_port];branch=[branch-${branch}]
${CALLER}
To: <sip:+${number}@[remote_ip]:[remote_port]>[peer_tag_param]
Call-ID: [call_id]
CSeq: 1 ACK
Max-Forwards: 70
Content-Length: 0`);

/** A registration. `authorization` answers the `challenge` before. */
export const register = (user: string, domain: string, cseq: number, authorization = ''): string =>
  send(
    `REGISTER sip:${domain} SIP/2.0
${VIA}
From: <sip:${user}@${domain}>;tag=[pid]R[call_number]
To: <sip:${user}@${domain}>
Call-ID: [call_id]
CSeq: ${cseq} REGISTER
${CONTACT}
Expires: 120
Max-Forwards: 70
${authorization === '' ? '' : `${authorization}\n`}Content-Length: 0`,
    ' retrans="500"',
  );

/** A 401 or 407 whose `[authentication]` a later message has. */
export const challenge = (response: 401 | 407): string => expect(response).replace('<recv ', '<recv auth="true" ');

/** The same step of a phone that tells an address at which it cannot be reached. */
export const behindNat = (step: string): string =>
  step.replace(CONTACT, 'Contact: <sip:sipp@192.0.2.99:5060;transport=[transport]>');

// What either side waits for and does.

export const expect = (response: number, { optional = false, action = '' } = {}): string =>
  `<recv response="${response}" rrs="true" optional="${optional}"${optional ? '' : ` timeout="${WAIT_MS}"`}>${action}</recv>`;

export const expectRequest = (method: string, { action = '', optional = false } = {}): string =>
  `<recv request="${method}" rrs="true" optional="${optional}"${optional ? '' : ` timeout="${WAIT_MS}"`}>${action}</recv>`;

export const pause = (ms: number): string => `<pause milliseconds="${ms}"/>`;

export const exec = (what: string): string => `<nop><action><exec ${what}/></action></nop>`;

// What a callee sends.

const TAG = ';tag=[pid]B[call_number]';

/** Answer to the request received last. */
export const respond = (
  status: string,
  { body, headers = [], retransmit = false }: { body?: string; headers?: readonly string[]; retransmit?: boolean } = {},
): string =>
  send(
    `SIP/2.0 ${status}
[last_Via:]
[last_From:]
[last_To:]${TAG}
[last_Call-ID:]
[last_CSeq:]
${CONTACT}
${lines(headers)}${withBody(body)}`,
    retransmit ? ' retrans="500"' : '',
  );

/** Answer to a request inside a dialog: To has its tag already. */
export const respondInside = (status: string): string => respond(status).replace(TAG, '');

/** Takes a call in, keeping what a BYE of the callee, and an answer behind other requests, need. */
export const takeInvite = (): string =>
  expectRequest('INVITE', {
    action: `<action>
<ereg regexp=".*" search_in="hdr" header="Via:" assign_to="via"/>
<ereg regexp=".*" search_in="hdr" header="From:" assign_to="from"/>
<ereg regexp=".*" search_in="hdr" header="To:" assign_to="to"/>
<ereg regexp="sips*:[^ >]*" search_in="hdr" header="Contact:" assign_to="contact"/>
</action>`,
  });

/** At the end of a scenario with `takeInvite`, uses what that keeps: SIPp refuses variables that nothing uses. */
export const KEPT = '<Reference variables="via,from,to,contact"/>';

/** 200 for the INVITE of `takeInvite`, though other requests have come since. */
export const answerLate = (body?: string): string =>
  send(
    `SIP/2.0 200 OK
Via:[$via]
From:[$from]
To:[$to]${TAG}
[last_Call-ID:]
CSeq: 1 INVITE
${CONTACT}
${withBody(body)}`,
    ' retrans="500"',
  );

/** 487 for the INVITE that a CANCEL has ended, after `takeInvite`. */
export const cancelled = (): string =>
  send(
    `SIP/2.0 487 Request Terminated
[last_Via:]
From:[$from]
To:[$to]${TAG}
[last_Call-ID:]
CSeq: 1 INVITE
Content-Length: 0`,
    ' retrans="500"',
  );

// Behind a proxy that records itself: its Route values are kept by every `recv` here.

/** Header of answers that make a dialog. */
export const RECORDED = '[last_Record-Route:]';

/** `takeInvite` of a call that has come by way of one proxy: it has two Via values, and a Record-Route. */
export const takeProxiedInvite = (): string =>
  takeInvite().replace(
    '</action>',
    `<ereg regexp=".*" search_in="hdr" header="Via:" occurrence="2" assign_to="via2"/>
<ereg regexp=".*" search_in="hdr" header="Record-Route:" assign_to="recorded"/></action>`,
  );

/** An answer behind other requests, `answerLate` or `cancelled`, to the INVITE of `takeProxiedInvite`. */
export const throughProxy = (answer: string): string =>
  answer.replace('From:[$from]', 'Via:[$via2]\nRecord-Route:[$recorded]\nFrom:[$from]');

/** KEPT of a scenario with `takeProxiedInvite`. */
export const KEPT_PROXIED = '<Reference variables="via,via2,recorded,from,to,contact"/>';

/** A request of the callee along its route set. ACK of a 200 is one, too. */
export const calleeRequest = (method: string, cseq: number, { body, type }: { body?: string; type?: string } = {}): string =>
  send(
    `${method} [$contact] SIP/2.0
${VIA}
[routes]
From:[$to]${TAG}
To:[$from]
Call-ID: [call_id]
CSeq: ${cseq} ${method}
${CONTACT}
Max-Forwards: 70
${withBody(body, type)}`,
    method === 'ACK' ? '' : ' retrans="500"',
  );

export const calleeBye = (): string =>
  send(
    `BYE [$contact] SIP/2.0
${VIA}
From:[$to]${TAG}
To:[$from]
Call-ID: [call_id]
CSeq: 1 BYE
Max-Forwards: 70
Content-Length: 0`,
    ' retrans="500"',
  );
