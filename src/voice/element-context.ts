import type { MediaLeg } from '../media/media-engine.ts';
import type { Call } from './call.ts';
import type { DocumentPurpose } from './call-application.ts';
import type { VoiceDocument, VoiceElement } from './document.ts';
import type { FlowServices } from './flow-services.ts';
import type { HangupCause } from './hangup-cause.ts';

/** What one run of a document holds for its elements. */
export interface ElementContext {
  readonly call: Call;
  readonly services: FlowServices;
  /** Aborts when the call has ended, is transferred or the program drains: whatever runs stops at once. */
  readonly signal: AbortSignal;
  readonly session: FlowSession;
  /** The call's audio: answers it first, or opens it early inside PreAnswer. @throws LegGone */
  media(): Promise<MediaLeg>;
  /** Runs a child of an element. @throws LegGone */
  readonly run: (element: VoiceElement, context: ElementContext) => Promise<ElementOutcome>;
}

/** What outlives a single document of a call. */
export interface FlowSession {
  /** What waits for the next Dial to be answered (Record startOnDialAnswer). */
  onDialAnswer: DialAnswerWaiter[];
  /** The Dial that runs now: the API reaches its other leg through it. */
  dial: RunningDial | undefined;
  /** Hangs up later (Hangup schedule); replaces an earlier plan. */
  scheduleHangup(ms: number): void;
}

export interface DialAnswerWaiter {
  /** A Dial is connected. */
  start(): void;
  /** The document has ended, and none was. */
  discard(): void;
}

export interface RunningDial {
  /** The leg that was answered and connected. */
  readonly connected: Call | undefined;
  /** Takes the connected leg out of the Dial, alive: the caller's document goes on, the leg gets one of its own. */
  release(): Call | undefined;
  /**
   * Holds the two apart while one of them is being transferred: the end of the leg does not end this. Undefined when that is so already.
   * `onLeave` is called when the caller goes, or the API takes either away; what is done in it comes before what follows from that.
   */
  suspend(onLeave: () => void): Suspension | undefined;
}

/** What the Dials of two callers have in common that are connected with each other. */
export interface SharedBridge {
  /** Aborted by the one that leaves. */
  readonly over: AbortController;
  /** The other one has made it. */
  isMade: boolean;
}

/** Each ends the suspension; after its end they do nothing. */
export interface Suspension {
  /** They hear each other again; where the leg has gone meanwhile, the Dial ends with this cause. */
  resume(cause: HangupCause): void;
  /**
   * Another leg takes the place of the connected one, which is let go alive. With `shared` the other leg has a document of its own that
   * goes on afterwards: it is not hung up.
   */
  replace(peer: Call, shared?: SharedBridge): void;
  /** The leg is taken out alive, and the caller waits for its own end, which has to follow. */
  handOver(): void;
}

/** How an element ends: with its sibling, another document, or the call. */
export type ElementOutcome =
  | { readonly kind: 'next' }
  | { readonly kind: 'document'; readonly document: VoiceDocument; readonly purpose: DocumentPurpose }
  | { readonly kind: 'end'; readonly cause: HangupCause };

export const NEXT: ElementOutcome = { kind: 'next' };

export type ElementName = VoiceElement['element'];
export type ElementOf<Name extends ElementName> = Extract<VoiceElement, { readonly element: Name }>;

/** How an element of the language runs on a call. */
export interface ElementRunner {
  readonly name: ElementName;
  /** Whether it answers an inbound call by standing first (voice-xml.md §5.3). */
  readonly answers: boolean;
  /** Undefined when it is another element. */
  prepare(element: VoiceElement): ((context: ElementContext) => Promise<ElementOutcome>) | undefined;
}

export function elementRunner<Name extends ElementName>(
  name: Name,
  answers: boolean,
  run: (element: ElementOf<Name>, context: ElementContext) => Promise<ElementOutcome>,
): ElementRunner {
  const isOurs = (element: VoiceElement): element is ElementOf<Name> => element.element === name;
  return {
    name,
    answers,
    prepare: (element) => (isOurs(element) ? (context) => run(element, context) : undefined),
  };
}
