import assert from 'node:assert/strict';
import { ConferenceControlService } from '../../src/voice/conferences/conference-control-service.ts';
import { StreamControlService } from '../../src/voice/streams/stream-control.ts';
import type { StreamStore } from '../../src/voice/streams/stream-store.ts';
import type { VoiceServices } from '../../src/voice/voice-off.ts';
import { partyControlRig } from '../../testkit/multiparty-rig.ts';
import { RecordedCalls } from '../../testkit/recorded-calls.ts';
import { conference, stream, waitFor } from '../../testkit/voice-elements.ts';
import { OWNER } from '../../testkit/voice-rig.ts';

export const ROOM = 'zanzibar room';
/** Answers with a document that goes on for a day. */
export const ASKED = 'http://127.0.0.1:9/asked';

/** What an account has live: a call with a stream, a conference and a multiparty call, on scripted audio. */
export class LiveEstate {
  readonly owner = OWNER;
  readonly voice: VoiceServices;
  /** Where streams of the past are. */
  streams: Pick<StreamStore, 'find'> | undefined;
  /** Codes that were spoken. */
  readonly spoken = new RecordedCalls();
  readonly #party = partyControlRig();

  constructor() {
    const { rig, calls, control } = this.#party;
    this.voice = {
      calls,
      conferences: new ConferenceControlService(rig.services),
      multiPartyCalls: control,
      streams: new StreamControlService({
        live: rig.live,
        streams: rig.streams,
        records: { find: async (...asked) => this.streams?.find(...asked) },
      }),
      registrations: this.spoken.registrations,
      programCalls: this.spoken.programCalls,
      codeCaller: this.spoken.codeCaller,
    };
  }

  /** Ids of the call, the multiparty call and its member. */
  async open(): Promise<{
    readonly call: string;
    readonly party: string;
    readonly member: string;
    readonly roomMembers: readonly [string, string];
  }> {
    this.#party.rig.application.answers(ASKED, [waitFor(86_400)]);
    const talking = await this.#party.run([stream(), waitFor(86_400)]);
    for (let member = 1; member <= 3; member++) await this.#party.run([conference(ROOM)]);
    await this.#party.enter('agent', { stayAlone: true });
    await this.#party.enter('customer', { stayAlone: true });
    const [member] = this.#party.live().participants;
    const [room] = this.#party.rig.services.conferences.within(OWNER, undefined);
    const [one, other] = room?.members ?? [];
    assert.ok(member && one && other);
    return {
      call: talking.call.facts.callId,
      party: this.#party.live().id,
      member: member.id,
      roomMembers: [one.id, other.id],
    };
  }

  /** What is live, in words that change with every change. */
  picture(): string {
    const { rig } = this.#party;
    return JSON.stringify({
      calls: [...rig.live]
        .filter(({ call }) => call.facts.ownerId === OWNER)
        .map(({ call }) => [call.facts.callId, call.answered]),
      rooms: rig.services.conferences
        .within(OWNER, undefined)
        .map((room) => room.members.map((each) => [each.id, each.muted, each.deaf])),
      parties: this.#party.all().map((each) => [each.id, each.participants.length]),
      streams: rig.streams.size,
    });
  }

  async pass(ms: number): Promise<void> {
    await this.#party.rig.clock.advance(ms);
  }
}
