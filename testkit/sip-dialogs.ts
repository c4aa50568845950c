import assert from 'node:assert/strict';
import type { SipRequest } from '../src/sip/message.ts';
import { tagOf } from '../src/sip/name-address.ts';
import type { RawPeer } from './sip-rig.ts';

/** One end of a call that a raw peer plays: keeps what requests inside of it need. */
export class PeerDialog {
  readonly peer: RawPeer;
  readonly callId: string;
  /** Our own address with its tag, and the other side's with its own. */
  readonly local: string;
  readonly remote: string;
  readonly #node: string;
  #sequence = 10;
  #answered = 0;

  private constructor(peer: RawPeer, node: string, callId: string, local: string, remote: string) {
    this.peer = peer;
    this.#node = node;
    this.callId = callId;
    this.local = local;
    this.remote = remote;
  }

  /** Of a call that has come to the peer, answered with this tag. */
  static called(peer: RawPeer, node: string, invite: SipRequest, tag = 'peertag'): PeerDialog {
    const { headers } = invite;
    return new PeerDialog(peer, node, headers.get('Call-ID') ?? '', `${headers.get('To')};tag=${tag}`, headers.get('From') ?? '');
  }

  /** Of a call that the peer has made, with the From it gave, after its answer. */
  static calling(peer: RawPeer, node: string, callId: string, from: string): PeerDialog {
    const answer = peer.responses('INVITE').findLast(({ headers }) => headers.get('Call-ID') === callId);
    assert.ok(answer, 'the INVITE has been answered');
    return new PeerDialog(peer, node, callId, from, answer.headers.get('To') ?? '');
  }

  /** As the node would have it in `Replaces`: its own tag is the `to-tag`. */
  get replaces(): string {
    return `${this.callId};to-tag=${tagOf(this.remote)};from-tag=${tagOf(this.local)}`;
  }

  send(method: string, fields: Readonly<Record<string, string>> = {}, body = ''): void {
    const sequence = method === 'ACK' ? 1 : ++this.#sequence;
    this.peer.request(
      method,
      `sip:${this.#node}`,
      this.#node,
      { From: this.local, To: this.remote, 'Call-ID': this.callId, CSeq: `${sequence} ${method}`, ...fields },
      body,
    );
  }

  refer(target: string, fields: Readonly<Record<string, string>> = {}): void {
    this.send('REFER', { 'Refer-To': target, ...fields });
  }

  /** Requests of the node in this call. */
  requests(method: string): SipRequest[] {
    return this.peer.requests(method).filter(({ headers }) => headers.get('Call-ID') === this.callId);
  }

  statuses(method: string): number[] {
    return this.peer
      .responses(method)
      .filter(({ headers }) => headers.get('Call-ID') === this.callId)
      .map(({ status }) => status);
  }

  /** What NOTIFYs have told, as statuses; each is answered when it is looked at. */
  told(): number[] {
    const notifies = this.requests('NOTIFY');
    for (const notify of notifies.slice(this.#answered)) this.peer.respond(notify, 200);
    this.#answered = notifies.length;
    return notifies.map(({ body }) => Number(/^SIP\/2\.0 (\d{3}) /.exec(body.toString())?.[1]));
  }
}
