import type { Account } from './accounts/account.ts';
import type { Surcharge } from './billing/surcharges.ts';
import type { RateLimiter } from './cluster/rate-limiter.ts';
import type { Dispatcher as Delivery } from './delivery/dispatcher.ts';
import { Masking } from './masking/masking.ts';
import { MaskingStore } from './masking/masking-store.ts';
import { createPins } from './masking/pins.ts';
import type { RelayedMessage } from './messaging/inbound.ts';
import type { PowerpackDirectory } from './messaging/powerpacks/powerpack-directory.ts';
import type { SendService } from './messaging/send.ts';
import type { NumberStore } from './numbers/number-store.ts';
import { PhloDesk } from './phlo/phlo-desk.ts';
import { PhloMessages } from './phlo/phlo-messages.ts';
import { Phlos } from './phlo/phlos.ts';
import { maskingNotifier } from './plivo/callbacks/masking-webhooks.ts';
import { verifyNotifier } from './plivo/callbacks/verify-webhooks.ts';
import { phloXml } from './plivo/phlo/phlo-language.ts';
import type { Clock } from './runtime/clock.ts';
import type { Ids } from './runtime/ids.ts';
import type { Log } from './runtime/log.ts';
import type { Sealing } from './storage/sealing.ts';
import type { Storage } from './storage/storage.ts';
import { trunkOfHost } from './trunking/trunk.ts';
import { Trunking } from './trunking/trunking.ts';
import { Verification } from './verification/verification.ts';
import type { DocumentRequest } from './voice/call-application.ts';
import type { NumberProgram } from './voice/inbound-targets.ts';
import type { VoiceServices } from './voice/voice-off.ts';

export interface SessionsNeeds {
  readonly storage: Storage;
  readonly sealing: Sealing;
  readonly numbers: NumberStore;
  readonly delivery: Delivery;
  readonly publicUrl: string;
  readonly account: (authId: string) => Promise<Account | undefined>;
  readonly limiter: RateLimiter;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly surcharge: Surcharge;
  readonly powerpacks: PowerpackDirectory;
  /** Messages and calls ask about sessions themselves, so they are made later. */
  readonly sending: () => SendService;
  readonly voice: () => VoiceServices;
}

/** Wires what is made of messages and calls: verification by codes, number masking, stored flows. */
export function composeSessions(needs: SessionsNeeds) {
  const { storage, ids, delivery, publicUrl, sending, voice } = needs;
  const phlos = new Phlos({ ...needs, pool: storage.pool, language: phloXml });
  const trunking = new Trunking({ ...needs, pool: storage.pool });
  const masking = new Masking({
    ...needs,
    store: new MaskingStore(storage.pool, maskingNotifier(ids, delivery, publicUrl), createPins(needs.sealing)),
    calls: () => voice().programCalls,
  });
  const phloMessages = new PhloMessages({
    ...needs,
    store: phlos.store,
    runs: phlos.runs,
    phloOf: async (number) => (await needs.powerpacks.ofNumber(number))?.phloId,
  });
  return {
    masking,
    /** What goes to no application: messages between masked parties, and those that a PHLO takes. */
    relay: {
      relay: async (message: RelayedMessage) => (await masking.relay.relay(message)) || phloMessages.relay(message),
    },
    trunking,
    /** What calls ask: of a number that is called, of a host that is, of a document. */
    asked: {
      numberProgram: async (digits: string, caller: string): Promise<NumberProgram | undefined> =>
        (await masking.numbers.programFor(digits, caller)) ?? trunking.programFor(digits),
      trunkOf: async (host: string) => {
        const trunkId = trunkOfHost(host);
        return trunkId === undefined ? undefined : trunking.callingTrunk(trunkId);
      },
      storedDocument: (request: DocumentRequest) => phlos.documents.answer(request),
    },
    phlos,
    phloDesk: new PhloDesk({ ...needs, phlos }),
    verification: new Verification({
      ...needs,
      pool: storage.pool,
      sending: { send: (...given) => sending().send(...given) },
      caller: { speakCode: (...given) => voice().codeCaller.speakCode(...given) },
      notifier: verifyNotifier(ids, delivery),
    }),
  };
}
