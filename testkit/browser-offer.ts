const FINGERPRINT = `sha-256 ${Array(32).fill('2B').join(':')}`;

/** What Chromium offers through the Browser SDK, which leaves carriage returns and rtpmaps of formats it took out behind. */
export const browserOffer = ({
  direction = 'sendrecv',
  fragment = 'QgLN',
  formats = '111 0',
  more = [] as readonly string[],
} = {}): string =>
  [
    'v=0',
    'o=- 1038230029571081532 2 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0',
    `m=audio 45034 UDP/TLS/RTP/SAVPF ${formats}`,
    'c=IN IP4 192.0.2.2',
    'a=candidate:1266273279 1 udp 2122063615 192.0.2.2 36699 typ host generation 0 network-id 1',
    `a=ice-ufrag:${fragment}`,
    'a=ice-pwd:/qJYAT19uW5/0pspMOKPA+3z',
    `a=fingerprint:${FINGERPRINT}`,
    'a=setup:actpass',
    'a=mid:0',
    `a=${direction}`,
    'a=rtcp-mux',
    'a=rtpmap:111 opus/48000/2',
    'a=fmtp:111 minptime=10;useinbandfec=1;maxaveragebitrate=48000\r\r',
    'a=rtpmap:0 PCMU/8000',
    'a=rtpmap:126 telephone-event/8000',
    ...more,
    '',
  ].join('\r\n');
