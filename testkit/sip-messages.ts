/** Messages as ordinary phones and carriers send them: samples for benchmarks and seeds for fuzzers. */

const lines = (...text: readonly string[]): string => text.map((line) => `${line}\r\n`).join('');

const SDP = lines(
  'v=0',
  'o=- 3921558712 3921558712 IN IP4 198.51.100.20',
  's=-',
  'c=IN IP4 198.51.100.20',
  't=0 0',
  'm=audio 41230 RTP/AVP 0 8 9 101',
  'a=rtpmap:0 PCMU/8000',
  'a=rtpmap:8 PCMA/8000',
  'a=rtpmap:9 G722/8000',
  'a=rtpmap:101 telephone-event/8000',
  'a=fmtp:101 0-16',
  'a=ptime:20',
  'a=rtcp:41231 IN IP4 198.51.100.20',
  'a=sendrecv',
);

const withBody = (head: string, body: string): Buffer =>
  Buffer.from(`${head}Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);

/** An INVITE with SDP through one proxy, as a softphone sends it. */
export function ordinaryInvite(): Buffer {
  return withBody(
    lines(
      'INVITE sip:+14155550100@sip.example.com;user=phone SIP/2.0',
      'Via: SIP/2.0/UDP 203.0.113.7:5060;branch=z9hG4bKPj1f8d2c64-9a7b;rport',
      'Via: SIP/2.0/TCP 198.51.100.20:49152;branch=z9hG4bK776asdhds;received=198.51.100.20',
      'Record-Route: <sip:203.0.113.7;lr>',
      'Max-Forwards: 69',
      'From: "Alice Example" <sip:alice@sip.example.com>;tag=1928301774',
      'To: <sip:+14155550100@sip.example.com>',
      'Contact: <sip:alice@198.51.100.20:49152;transport=tcp;ob>',
      'Call-ID: a84b4c76e66710@198.51.100.20',
      'CSeq: 314159 INVITE',
      'Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, UPDATE, PRACK, INFO, REFER, NOTIFY',
      'Supported: replaces, 100rel, timer, norefersub',
      'Session-Expires: 1800',
      'Min-SE: 90',
      'User-Agent: Softphone/5.1',
      'X-PH-Ticket: A17',
      'Content-Type: application/sdp',
    ),
    SDP,
  );
}

/** A request of every other kind that arrives in a day, and responses to ours. */
export function ordinaryMessages(): readonly Buffer[] {
  const dialog = (branch: string) => [
    `Via: SIP/2.0/TLS 198.51.100.20:5061;branch=z9hG4bK${branch};rport`,
    'f: "Alice \\"A\\" Example" <sips:alice@sip.example.com>;tag=1928301774',
    't: <sips:bob@[2001:db8::9]:5061>;tag=8321234356',
    'i: a84b4c76e66710',
  ];
  return [
    ordinaryInvite(),
    withBody(
      lines(
        'REGISTER sip:sip.example.com SIP/2.0',
        ...dialog('reg1'),
        'CSeq: 2 REGISTER',
        'Max-Forwards: 70',
        'm: <sip:alice@198.51.100.20:49152;transport=tls>;expires=3600;q=0.7;+sip.instance="<urn:uuid:00000000-0000-1000-8000-AABBCCDDEEFF>", <tel:+14155550100>',
        'Authorization: Digest username="alice", realm="sip.example.com", nonce="AZx,9", uri="sip:sip.example.com", response="6629fae49393a05397450978507c4ef1", algorithm=MD5, qop=auth, nc=00000001, cnonce="0a4f113b"',
        'Expires: 3600',
      ),
      '',
    ),
    withBody(
      lines(
        'REFER sips:bob@[2001:db8::9]:5061 SIP/2.0',
        ...dialog('ref1'),
        'CSeq: 5 REFER',
        'Max-Forwards: 70',
        'Contact: <sips:alice@198.51.100.20>',
        'Refer-To: <sips:carol@example.net?Replaces=12345%40192.0.2.8%3Bto-tag%3D12345%3Bfrom-tag%3D5FFE-3994>',
        'Referred-By: <sips:alice@sip.example.com>',
        'Require: replaces',
      ),
      '',
    ),
    withBody(
      lines(
        'PRACK sips:bob@[2001:db8::9]:5061 SIP/2.0',
        ...dialog('prk1'),
        'CSeq: 4 PRACK',
        'RAck: 776656 3 INVITE',
        'Route: <sip:p1.example.com;lr>,<sip:p2.example.com;lr>',
      ),
      '',
    ),
    withBody(
      lines(
        'SIP/2.0 183 Session Progress',
        ...dialog('inv9'),
        'CSeq: 3 INVITE',
        'RSeq: 776656',
        'Require: 100rel',
        'Contact: <sips:bob@[2001:db8::9]:5061>',
        'c: application/sdp',
      ),
      SDP.replaceAll('IP4 198.51.100.20', 'IP6 2001:db8::9'),
    ),
    withBody(
      lines(
        'SIP/2.0 401 Unauthorized',
        ...dialog('reg1'),
        'CSeq: 1 REGISTER',
        'WWW-Authenticate: Digest realm="sip.example.com", nonce="dcd98b7102dd", algorithm=SHA-256, qop="auth,auth-int", opaque="5ccc", stale=true',
        'WWW-Authenticate: Digest realm="sip.example.com", nonce="dcd98b7102dd", algorithm=MD5, qop="auth"',
      ),
      '',
    ),
    withBody(
      lines(
        'BYE sips:bob@[2001:db8::9]:5061 SIP/2.0',
        ...dialog('bye1'),
        'CSeq: 6 BYE',
        'Reason: Q.850;cause=16;text="Terminated", SIP;cause=200',
        'Diversion: <tel:+14155550199>;reason=no-answer;counter=1;privacy=off',
        'Retry-After: 120 (in a meeting);duration=3600',
        'Session-Expires: 90;refresher=uas',
      ),
      '',
    ),
    withBody(
      lines('INFO sips:bob@[2001:db8::9]:5061 SIP/2.0', ...dialog('inf1'), 'CSeq: 7 INFO', 'c: application/dtmf-relay'),
      'Signal=5\r\nDuration=160\r\n',
    ),
  ];
}
