import type pg from 'pg';
import type { Account } from '../accounts/account.ts';
import { chargeOf, type RateTable } from '../billing/rates.ts';
import type { CarrierInbound, InboundMedia, InboundOrigin } from '../carriers/carrier.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Ids } from '../runtime/ids.ts';
import { derivedUuid, firstUuidOf } from '../runtime/ids.ts';
import type { Log } from '../runtime/log.ts';
import { storableText } from '../storage/storable-text.ts';
import type { Acceptance } from './acceptance.ts';
import { segmentText } from './encoding/segments.ts';
import type { InboundRecord, InboundStore } from './inbound-store.ts';
import { decideInbound, type InboundDecision, type MessageIntent, optOutScopes } from './opt-out.ts';
import type { AcceptedMessage } from './outbound.ts';
import type { MessageApplication, MessageApplications, OwnNumberFacts, OwnNumbers } from './own-numbers.ts';
import { countryOf } from './phone-number.ts';
import { farNumberFor, inboundLogSetting, keepsContent, numberForLogLine } from './redaction.ts';

/** An inbound message on its way to the application of its number. Nothing in it is redacted. */
export interface InboundEvent {
  readonly id: string;
  readonly account: Account;
  readonly ownerId: string;
  readonly message: CarrierInbound;
  readonly units: number;
  readonly rateMicros: number;
  readonly amountMicros: number;
  readonly intent: MessageIntent | undefined;
  /** Numbers that know no opt-out words have no intent at all. */
  readonly knowsIntents: boolean;
  readonly mediaUrls: readonly string[];
  readonly errorCode: string | undefined;
  readonly application: MessageApplication;
  /** The Powerpack that the number is in. */
  readonly powerpackId: string | null;
}

export interface InboundNotifier {
  /** Writes the webhook; resolves with what must be called after the commit. */
  write(client: pg.ClientBase, event: InboundEvent): Promise<() => void>;
}

/** Keeps what came with an MMS and says under which URLs it is served. */
export interface InboundMediaSink {
  store(
    messageId: string,
    accountId: string,
    ownerId: string,
    media: readonly InboundMedia[],
  ): Promise<{
    readonly urls: readonly string[];
    readonly mediaIds: readonly string[];
    readonly errorCode: string | undefined;
    link(client: pg.ClientBase): Promise<void>;
  }>;
}

/** Passes messages on in the place of an application: between the parties of masking sessions. */
export interface MessageRelay {
  /** Whether it was passed on. May be asked again for the same message, which is then passed on once. */
  relay(message: RelayedMessage): Promise<boolean>;
}

export interface RelayedMessage {
  readonly id: string;
  /** The number that got it, and from whom; digits. */
  readonly to: string;
  readonly from: string;
  readonly service: CarrierInbound['service'];
  readonly text: string;
  readonly mediaIds: readonly string[];
}

export interface InboundDependencies {
  /** Absent: everything goes to applications. */
  readonly relay?: MessageRelay | undefined;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly store: InboundStore;
  readonly numbers: OwnNumbers;
  readonly applications: MessageApplications;
  /** The Powerpack that answers for a number; its application comes before the number's own. */
  readonly powerpackOf: (number: string) => Promise<{ readonly powerpackId: string; readonly appId: string | null } | undefined>;
  readonly account: (authId: string) => Promise<Account | undefined>;
  readonly notifier: InboundNotifier;
  readonly media: InboundMediaSink;
  readonly acceptance: Acceptance;
  readonly rates: () => RateTable;
  /** Somebody opted out: from now on sends are checked. */
  readonly optedOut: () => void;
}

/** Automatic answers may wait as long as an ordinary message. */
const REPLY_EXPIRY_SECONDS = 10_800;
/** messaging.md §16: short codes handle opt-outs on request only. */
const OPT_OUT_TYPES: ReadonlySet<string> = new Set(['local', 'fixed', 'national', 'mobile', 'tollfree']);
const OPT_OUT_COUNTRIES: ReadonlySet<string> = new Set(['US', 'CA']);

/** Messages that come in: stored, STOP and START obeyed, handed to the application of the number. */
export class InboundService {
  readonly #needs: InboundDependencies;

  constructor(dependencies: InboundDependencies) {
    this.#needs = dependencies;
  }

  /** Resolves with the message's id when it is committed, or undefined when the number is nobody's. Rejects when storage is away. */
  async receive(message: CarrierInbound): Promise<string | undefined> {
    const { numbers, log, ids } = this.#needs;
    const to = digitsOf(message.to);
    const from = digitsOf(message.from);
    const number = await numbers.find(to);
    const account = number && (await this.#needs.account(number.accountId));
    if (!number || !account) {
      log.warn(
        { carrier: message.carrier, link: message.link, to: numberForLogLine(to) },
        'message for a number that no account has was dropped',
      );
      return undefined;
    }
    const id = message.origin === undefined ? ids.uuid() : idOf(message.carrier, message.origin);
    const powerpack = await this.#needs.powerpackOf(to);
    const appId = powerpack?.appId ?? number.appId;
    const application = appId === null ? undefined : await this.#needs.applications.find(appId);
    const decision = await this.#decide(account, number, from, message.text);
    const media = await this.#needs.media.store(id, account.authId, ownerOf(number), message.media);
    // A word that opts out is meant for the number, not for who is behind it.
    const relayed = { id, to, from, service: message.service, text: message.text, mediaIds: media.mediaIds };
    const isRelayed = decision?.change === undefined && (await this.#needs.relay?.relay(relayed)) === true;
    const record = this.#record(
      id,
      { ...message, from, to },
      number,
      application,
      decision,
      media.errorCode,
      powerpack?.powerpackId,
    );
    const change = decision?.change && {
      source: to,
      campaignId: number.campaignId,
      subscriber: from,
      accountId: account.authId,
      change: decision.change,
      at: message.receivedAt,
    };
    const inserted = await this.#needs.store.insert(record, change, async (client) => {
      await media.link(client);
      if (isRelayed || !application?.messageUrl) return undefined;
      return this.#needs.notifier.write(client, {
        id,
        account,
        ownerId: record.ownerId,
        message: { ...message, from, to },
        units: record.units,
        rateMicros: record.charge.rate,
        amountMicros: record.charge.amount,
        intent: decision?.intent,
        knowsIntents: decision !== undefined,
        mediaUrls: media.urls,
        errorCode: media.errorCode,
        application,
        powerpackId: record.powerpackId ?? null,
      });
    });
    if (!inserted) return id; // an earlier handing over has stored it and seen to the rest
    const { changed, result: committed } = inserted;
    if (change?.change === 'opt_out') this.#needs.optedOut();
    committed?.();
    // Of two that come at once the one that made the change is answered.
    if (decision?.reply !== undefined && changed) this.#reply(record, account, number, from, decision.reply);
    return id;
  }

  async #decide(account: Account, number: OwnNumberFacts, from: string, text: string): Promise<InboundDecision | undefined> {
    if (account.settings.optOutHandling === false) return undefined;
    if (!OPT_OUT_TYPES.has(number.type) || !OPT_OUT_COUNTRIES.has(number.countryIso)) return undefined;
    const scopes = optOutScopes(number.number, number.campaignId);
    return decideInbound(text, await this.#needs.store.optOutStates(scopes, from, account.authId));
  }

  #record(
    id: string,
    message: CarrierInbound,
    number: OwnNumberFacts,
    application: MessageApplication | undefined,
    decision: InboundDecision | undefined,
    errorCode: string | undefined,
    powerpackId: string | undefined,
  ): InboundRecord {
    const log = inboundLogSetting(application?.logIncomingMessages ?? true);
    const units = message.service === 'sms' ? Math.max(1, message.parts) : 1;
    const rate = this.#needs.rates().find(message.service, 'inbound', message.from);
    return {
      id,
      accountId: number.accountId,
      ownerId: ownerOf(number),
      service: message.service,
      from: farNumberFor(log, message.from),
      to: message.to,
      country: countryOf(message.from),
      units,
      charge: chargeOf(rate, units),
      log,
      text: keepsContent(log) ? storableText(message.text) : undefined,
      applicationId: application?.appId ?? number.appId ?? undefined,
      powerpackId,
      intent: decision?.intent,
      carrier: message.carrier,
      errorCode,
      receivedAt: message.receivedAt,
    };
  }

  /**
   * The automatic answer to STOP, START and HELP, which the opt-out that it answers does not block. What it answers is stored and will be
   * acknowledged to its carrier, so a failure to answer is not one to receive it.
   */
  #reply(inbound: InboundRecord, account: Account, number: OwnNumberFacts, to: string, text: string): void {
    const { acceptance, log } = this.#needs;
    const units = segmentText(text).parts.length;
    const reply: AcceptedMessage = {
      id: derivedUuid(inbound.id, 0),
      accountId: account.authId,
      ownerId: ownerOf(number),
      service: 'sms',
      src: number.number,
      senderKind: number.type === 'tollfree' ? 'toll_free' : 'long_code',
      dst: to,
      country: countryOf(to),
      isDomestic: countryOf(to) === number.countryIso,
      text,
      units,
      charge: chargeOf(this.#needs.rates().find('sms', 'outbound', to), units),
      log: inbound.log,
      requesterIp: undefined,
      callbackUrl: undefined,
      callbackMethod: 'POST',
      expirySeconds: REPLY_EXPIRY_SECONDS,
      trackable: false,
      failure: undefined,
      media: [],
      structured: undefined,
      details: { automatic_reply_to: inbound.id },
      mayRepeat: false,
      acceptedAt: inbound.receivedAt,
    };
    acceptance
      .acceptReply(reply)
      .catch((error: unknown) => log.warn({ err: error, message_id: inbound.id }, 'automatic answer could not be stored'));
  }
}

/** The same each time, with the time of its first part. */
const idOf = (carrier: string, { name, at }: InboundOrigin) => derivedUuid(`${firstUuidOf(at)} ${carrier} ${name}`, 0);

const ownerOf = (number: OwnNumberFacts) => number.subaccountId ?? number.accountId;
/** Carriers write numbers with and without `+`; alphanumeric senders stay as they are. */
const digitsOf = (address: string) => address.replace(/^\+/, '');
