import { ownerOf, type Scope } from '../../accounts/account.ts';
import { notFound } from '../../errors/catalogue.ts';
import type { Clip, Playback, PlaySource } from '../../media/media-engine.ts';
import type { StartedRecording } from '../call-control.ts';
import type { FlowServices } from '../flow-services.ts';
import { hangupCause } from '../hangup-cause.ts';
import { RequestedSounds } from '../requested-sounds.ts';
import { together } from '../room-sounds.ts';
import type { Conference } from './conference.ts';
import type { ConferenceControl, ConferenceFacts, ConferenceRecordRequest, MemberSelector } from './conference-control.ts';
import type { ConferenceMember } from './conference-member.ts';

type Heard = 'play' | 'speech';

/** What the API asks of the conferences of this node. */
export class ConferenceControlService implements ConferenceControl {
  readonly #services: FlowServices;
  readonly #sounds = new RequestedSounds<Conference | ConferenceMember>(playTo);

  constructor(services: FlowServices) {
    this.#services = services;
  }

  async names(scope: Scope): Promise<readonly string[]> {
    return [...new Set(this.#within(scope).map(({ name }) => name))];
  }

  async find(scope: Scope, name: string): Promise<ConferenceFacts> {
    const conference = this.#named(scope, name);
    return {
      name: conference.name,
      createdAt: conference.createdAt,
      members: conference.members.map(({ id, call, muted, deaf, joinedAt }) => {
        const { callId, from, to, callerName, direction } = call.facts;
        return { id, callId, from, to, callerName, direction, muted, deaf, joinedAt };
      }),
    };
  }

  async hangUp(scope: Scope, name: string): Promise<void> {
    await this.#hangUp(this.#named(scope, name).members);
  }

  async hangUpAll(scope: Scope): Promise<void> {
    await Promise.all(this.#within(scope).map(({ members }) => this.#hangUp(members)));
  }

  async hangUpMembers(scope: Scope, name: string, selector: MemberSelector): Promise<readonly string[]> {
    const members = this.#members(this.#named(scope, name), selector);
    await this.#hangUp(members);
    return idsOf(members);
  }

  async kick(scope: Scope, name: string, selector: MemberSelector): Promise<readonly string[]> {
    return this.#each(scope, name, selector, (member) => member.leave('kicked'));
  }

  async mute(scope: Scope, name: string, selector: MemberSelector, muted: boolean): Promise<readonly string[]> {
    return this.#each(scope, name, selector, (member) => member.setMuted(muted));
  }

  async deafen(scope: Scope, name: string, selector: MemberSelector, deaf: boolean): Promise<readonly string[]> {
    return this.#each(scope, name, selector, (member) => member.setDeaf(deaf));
  }

  async play(scope: Scope, name: string, selector: MemberSelector, url: string): Promise<readonly string[]> {
    return this.#start(scope, name, selector, 'play', (signal) => this.#services.sounds.fromUrl(url, signal));
  }

  async stopPlay(scope: Scope, name: string, selector: MemberSelector): Promise<void> {
    this.#stop(scope, name, selector, 'play');
  }

  async speak(...[scope, name, selector, text]: Parameters<ConferenceControl['speak']>): Promise<readonly string[]> {
    return this.#start(scope, name, selector, 'speech', (signal) => this.#services.sounds.speech(text, 'api', signal));
  }

  async stopSpeak(scope: Scope, name: string, selector: MemberSelector): Promise<void> {
    this.#stop(scope, name, selector, 'speech');
  }

  async startRecording(scope: Scope, name: string, request: ConferenceRecordRequest): Promise<StartedRecording> {
    const conference = this.#named(scope, name);
    const [member] = conference.members;
    if (!member) throw notFound();
    const { callback, apiId } = request;
    const running = await conference.record(member.call, this.#services, {
      format: request.format,
      maxMs: request.timeLimitS * 1_000,
      transcription: request.transcription,
      notification: (call, recording) =>
        callback && {
          kind: 'conference-recorded',
          call: call.facts,
          target: callback,
          recording,
          apiId,
          conferenceName: conference.name,
        },
    });
    if (!running) throw notFound();
    return { recordingId: running.recordingId, url: running.url };
  }

  async stopRecording(scope: Scope, name: string): Promise<void> {
    this.#named(scope, name).stopRecording();
  }

  #within(scope: Scope): readonly Conference[] {
    return this.#services.conferences.within(scope.account.authId, scope.subaccount ? ownerOf(scope) : undefined);
  }

  #named(scope: Scope, name: string): Conference {
    const found = this.#within(scope).filter((conference) => conference.name === name);
    const conference = found.find(({ ownerId }) => ownerId === ownerOf(scope)) ?? found[0];
    if (!conference) throw notFound();
    return conference;
  }

  #members(conference: Conference, selector: MemberSelector): readonly ConferenceMember[] {
    if (selector === 'all') return conference.members;
    return selector.map((wanted) => {
      const member = conference.members.find(({ id }) => id === wanted);
      if (!member) throw notFound();
      return member;
    });
  }

  #each(scope: Scope, name: string, selector: MemberSelector, act: (member: ConferenceMember) => void): readonly string[] {
    const members = this.#members(this.#named(scope, name), selector);
    for (const member of members) act(member);
    return idsOf(members);
  }

  async #hangUp(members: readonly ConferenceMember[]): Promise<void> {
    for (const { call } of members) call.hangUp(hangupCause(4000, 'API Request'));
    await Promise.all(members.map(({ call }) => call.ended));
  }

  #start(
    scope: Scope,
    name: string,
    selector: MemberSelector,
    what: Heard,
    load: (signal: AbortSignal) => Promise<Clip>,
  ): readonly string[] {
    const conference = this.#named(scope, name);
    const members = this.#members(conference, selector);
    const targets = selector === 'all' ? [conference] : members;
    this.#sounds.start({ targets, what, over: conference.over, load, askedFor: members });
    return idsOf(members);
  }

  #stop(scope: Scope, name: string, selector: MemberSelector, what: Heard): void {
    const conference = this.#named(scope, name);
    this.#sounds.stop(selector === 'all' ? [conference] : this.#members(conference, selector), what);
  }
}

/** While the conference waits its members are in no room: each hears it by itself, in place of its wait sound. */
function playTo(target: Conference | ConferenceMember, sources: readonly PlaySource[]): Playback | undefined {
  if (!('members' in target) || target.started) return target.play(sources);
  return together(target.members.flatMap((each) => each.play(sources) ?? []));
}

const idsOf = (members: readonly ConferenceMember[]): readonly string[] => members.map(({ id }) => id);
