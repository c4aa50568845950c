import type { Scope } from '../../accounts/account.ts';
import type { StartedRecording } from '../call-control.ts';
import type { ElementUrl, SpeechMarkup, Transcription } from '../document.ts';

/** Members by their ids, or all who are in. */
export type MemberSelector = 'all' | readonly string[];

/** A conference as the API shows it. Times are wall-clock milliseconds. */
export interface ConferenceFacts {
  readonly name: string;
  readonly createdAt: number;
  readonly members: readonly MemberFacts[];
}

export interface MemberFacts {
  readonly id: string;
  readonly callId: string;
  readonly from: string;
  readonly to: string;
  readonly callerName: string;
  readonly direction: 'inbound' | 'outbound';
  readonly muted: boolean;
  readonly deaf: boolean;
  readonly joinedAt: number;
}

export interface ConferenceRecordRequest {
  readonly format: 'mp3' | 'wav';
  readonly timeLimitS: number;
  readonly callback: ElementUrl | undefined;
  readonly transcription: Transcription | undefined;
  readonly apiId: string;
}

/**
 * What API requests ask of conferences. An account sees those of its subaccounts, a subaccount its own; of two with the same name its
 * own is meant. Everything else is not found, a member who is not in as well. Whoever acts on members answers their ids.
 */
export interface ConferenceControl {
  /** Names, each once. */
  names(scope: Scope): Promise<readonly string[]>;
  find(scope: Scope, name: string): Promise<ConferenceFacts>;
  /** Ends the calls of all members. */
  hangUp(scope: Scope, name: string): Promise<void>;
  hangUpAll(scope: Scope): Promise<void>;
  hangUpMembers(scope: Scope, name: string, members: MemberSelector): Promise<readonly string[]>;
  /** Members leave and go on with the next element of their documents. */
  kick(scope: Scope, name: string, members: MemberSelector): Promise<readonly string[]>;
  mute(scope: Scope, name: string, members: MemberSelector, muted: boolean): Promise<readonly string[]>;
  deafen(scope: Scope, name: string, members: MemberSelector, deaf: boolean): Promise<readonly string[]>;
  play(scope: Scope, name: string, members: MemberSelector, url: string): Promise<readonly string[]>;
  stopPlay(scope: Scope, name: string, members: MemberSelector): Promise<void>;
  speak(
    scope: Scope,
    name: string,
    members: MemberSelector,
    text: { readonly content: readonly SpeechMarkup[]; readonly voice: string; readonly language: string },
  ): Promise<readonly string[]>;
  stopSpeak(scope: Scope, name: string, members: MemberSelector): Promise<void>;
  startRecording(scope: Scope, name: string, request: ConferenceRecordRequest): Promise<StartedRecording>;
  stopRecording(scope: Scope, name: string): Promise<void>;
}
