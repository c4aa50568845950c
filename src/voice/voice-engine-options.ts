import type { AccountDirectory } from '../accounts/account-directory.ts';
import type { ApplicationDirectory } from '../accounts/application-directory.ts';
import type { ApplicationStore } from '../accounts/application-store.ts';
import type { Micros } from '../billing/money.ts';
import type { RateTable } from '../billing/rates.ts';
import type { MediaEngine } from '../media/media-engine.ts';
import type { NumberDirectory } from '../numbers/number-directory.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import type { Random } from '../runtime/random.ts';
import type { Network } from '../sip/network.ts';
import type { Target } from '../sip/transports/flow.ts';
import type { ListenAddress } from '../sip/transports/transport-layer.ts';
import type { ReadAccessToken } from './access-tokens.ts';
import type { CallApplication } from './call-application.ts';
import type { CallCharges } from './call-charges.ts';
import type { CallPermissions } from './call-permissions.ts';
import type { CallStore } from './call-store.ts';
import type { CallStepSink } from './call-timeline.ts';
import type { ReadStandings } from './credit.ts';
import type { EndpointStore } from './endpoint-store.ts';
import type { FlowServices, Sounds } from './flow-services.ts';
import type { InboundTargetSources } from './inbound-targets.ts';
import type { SpeechRecognition } from './input/speech-ear.ts';
import type { MultiPartyStore } from './multiparty/multiparty-store.ts';
import type { OpenCallStore } from './open-call-store.ts';
import type { Recordings } from './recordings.ts';
import type { SipDoorOptions } from './sip/sip-door.ts';
import type { StreamDialect } from './streams/stream-dialect.ts';
import type { OpenStreamSocket } from './streams/stream-socket.ts';
import type { StreamStore } from './streams/stream-store.ts';
import type { TranscriptionRequests } from './transcription/transcriptions.ts';
import type { WriteNotifications } from './write-notifications.ts';

/** What the voice of a node stands on. */
export interface VoiceEngineOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly ids: Ids;
  readonly log: Log;
  /** Name of this node among those of the database. */
  readonly node: string;
  readonly application: CallApplication & { readonly writeNotifications: WriteNotifications };
  readonly media: MediaEngine;
  readonly sounds: Sounds;
  readonly recogniser: SpeechRecognition;
  readonly recordings: Recordings;
  readonly transcriptions: TranscriptionRequests;
  readonly streams: { readonly dialect: StreamDialect; readonly open: OpenStreamSocket; readonly store: StreamStore };
  readonly multiParty: MultiPartyStore;
  readonly store: CallStore;
  readonly open: OpenCallStore;
  readonly endpoints: EndpointStore;
  readonly accessTokens: ReadAccessToken;
  readonly accounts: AccountDirectory;
  readonly applications: ApplicationStore;
  readonly applicationDirectory: ApplicationDirectory;
  readonly numbers: NumberDirectory;
  /** See `InboundTargetSources.program`. */
  readonly numberProgram?: InboundTargetSources['program'] | undefined;
  /** See `SipDoorOptions.trunkOf`. */
  readonly trunkOf?: SipDoorOptions['trunkOf'];
  readonly permissions: CallPermissions;
  readonly rates: () => RateTable;
  readonly standings: ReadStandings;
  /** Of finding out who has answered, in micro-units. */
  readonly detectionPrice: () => Micros;
  readonly charges: CallCharges;
  readonly steps: CallStepSink;
  readonly sendMessage: FlowServices['sendMessage'];
  readonly network: Network;
  readonly listen: readonly ListenAddress[];
  /** Address that goes into SDP, Via and Contact. */
  readonly publicIp: string;
  /** Hosts of SIP addresses that mean this installation. */
  readonly home: ReadonlySet<string>;
  /** Calls from loopback addresses that no trunk claims are the simulator's: a softphone or a test beside the server. */
  readonly trustLoopback: boolean;
  readonly userAgent: string;
  /** Where virtual phones take calls, once they run. */
  readonly phones: () => Target | undefined;
}
