import { type Account, ownerOf, type Scope } from '../accounts/account.ts';
import { chargeOf, type RateTable } from '../billing/rates.ts';
import type { MessageService, OutboundMedia } from '../carriers/carrier.ts';
import { invalidParameter, missingParameter, Problem } from '../errors/catalogue.ts';
import type { Clock } from '../runtime/clock.ts';
import { derivedUuid, type Ids } from '../runtime/ids.ts';
import type { Acceptance } from './acceptance.ts';
import { segmentText, textLimitExceeded } from './encoding/segments.ts';
import { replaceLookAlikes } from './encoding/smart-replacement.ts';
import { decideGeo, type GeoAlertNotifier, type GeoPermissions, isCountryEnabled, withinDailyCap } from './geo-permissions.ts';
import type { AcceptedMessage, ChosenSender, MessageVerification } from './outbound.ts';
import type { OwnNumberFacts, OwnNumbers } from './own-numbers.ts';
import { type PhoneNumber, parseDestinations } from './phone-number.ts';
import type { PowerpackSenders } from './powerpacks/powerpack-senders.ts';
import { type SenderChoice, senderKindOf } from './powerpacks/sender-choice.ts';
import type { LogSetting } from './redaction.ts';
import { type RegistrationRules, type Standing, UNREGISTERED_PER_DAY } from './registration.ts';
import { checkSender, parseSender, type Sender, type SenderVerdict } from './sender.ts';
import type { Usage } from './usage.ts';

/** One Send as the domain understands it, whatever dialect asked for it. */
export interface SendRequest {
  /** Undefined where a Powerpack chooses. */
  readonly src: string | undefined;
  readonly powerpackId?: string | undefined;
  /** Destinations joined by `<`. */
  readonly dst: string;
  readonly text: string | undefined;
  readonly service: MessageService;
  readonly mediaUrls: readonly string[];
  readonly mediaIds: readonly string[];
  /** Validated WhatsApp template, interactive or location content. */
  readonly structured: unknown;
  readonly callbackUrl: string | undefined;
  readonly callbackMethod: 'GET' | 'POST';
  readonly expirySeconds: number;
  readonly log: LogSetting;
  readonly trackable: boolean;
  readonly details: Readonly<Record<string, unknown>> | undefined;
  readonly verification?: MessageVerification | undefined;
  readonly requesterIp: string | undefined;
  readonly idempotencyKey: string | undefined;
}

export interface SendResult {
  readonly messageIds: readonly string[];
  /** Destinations that are no numbers, sanitised. */
  readonly invalid: readonly string[];
}

/** Finds and fetches what an MMS carries. `failure` is a message error code: the message is accepted and fails with it. */
export interface OutboundMediaSource {
  resolve(
    scope: Scope,
    mediaIds: readonly string[],
    mediaUrls: readonly string[],
    textBytes: number,
  ): Promise<{ readonly media: readonly OutboundMedia[]; readonly failure: string | undefined }>;
}

export interface SendDependencies {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly acceptance: Acceptance;
  readonly numbers: OwnNumbers;
  readonly media: OutboundMediaSource;
  readonly usage: Usage;
  readonly rates: () => RateTable;
  readonly geoAlerts: GeoAlertNotifier;
  readonly powerpacks: PowerpackSenders;
  readonly registration: RegistrationRules;
}

/** Who a message comes from. */
interface Origin {
  readonly sender: Sender;
  /** The number when the caller has it. */
  readonly owned: OwnNumberFacts | undefined;
  /** Undefined: the request named the sender. */
  readonly chosen: ChosenSender | undefined;
}

/** messaging.md §2: unique destinations of one request. */
export const MAX_DESTINATIONS = 1000;
/** messaging.md §2: WhatsApp free-form text. */
const MAX_WHATSAPP_TEXT = 4096;
/** messaging.md §2: text of an MMS. */
const MAX_MMS_TEXT = 1600;
const GEO_SERVICES: ReadonlySet<MessageService> = new Set(['sms', 'mms']);

/** Checks a Send against every rule of the account, stores one message for each destination, and hands them to dispatch. */
export class SendService {
  readonly #needs: SendDependencies;

  constructor(dependencies: SendDependencies) {
    this.#needs = dependencies;
  }

  async send(scope: Scope, request: SendRequest): Promise<SendResult> {
    const now = this.#needs.clock.now();
    refuseWithoutCredit(scope, now);
    const { numbers, invalid } = parseDestinations(request.dst);
    if (numbers.length === 0) throw invalidParameter('dst', `'${invalid[0] ?? request.dst}' is not a valid phone number.`);
    if (numbers.length > MAX_DESTINATIONS)
      throw invalidParameter('dst', `dst parameter has more than ${MAX_DESTINATIONS} destinations`);
    const text = checkText(request, scope.account);
    const origins = await this.#origins(scope, request, numbers);
    await this.#prepare(origins);
    const verdicts = numbers.map((number, index) => this.#verdictOn(origins[index], number, request.service));
    const first = verdicts[0];
    if (first?.kind === 'refused' && verdicts.every((verdict) => verdict.kind === 'refused')) throw first.problem;
    const geo = geoPermissionsOf(scope.account, request.service);
    if (geo && numbers.every((number) => !isCountryEnabled(geo, number.countryIso2))) {
      throw new Problem('destination_barred', 'messages to the destination country are barred by geo permissions', {
        parameter: 'dst',
      });
    }
    const attachments = await this.#attachments(scope, request);
    const messages: AcceptedMessage[] = [];
    const refused: string[] = [];
    for (const [index, number] of numbers.entries()) {
      const verdict = verdicts[index];
      const origin = origins[index];
      if (!verdict || !origin || verdict.kind === 'refused') {
        refused.push(number.digits);
        continue;
      }
      const failure = attachments.failure ?? (await this.#failureOf(scope.account, request, origin, number, verdict, geo, now));
      const id = request.idempotencyKey === undefined ? this.#needs.ids.uuid() : derivedUuid(request.idempotencyKey, index);
      messages.push(this.#message(scope, request, { id, origin, number, text, failure, media: attachments.media, now }));
    }
    await this.#needs.acceptance.accept(messages);
    return { messageIds: messages.map((message) => message.id), invalid: [...invalid, ...refused] };
  }

  /** One for each destination: the sender that the request names, or what its Powerpack chooses. */
  async #origins(scope: Scope, request: SendRequest, numbers: readonly PhoneNumber[]): Promise<readonly (Origin | undefined)[]> {
    if (request.powerpackId !== undefined) return this.#chosenOrigins(scope, request.powerpackId, request.service, numbers);
    const sender = parseSender(request.src ?? '');
    if (sender instanceof Problem) throw sender;
    const found = await this.#needs.numbers.find(sender.address);
    const origin: Origin = { sender, owned: found && mayUse(scope, found) ? found : undefined, chosen: undefined };
    return numbers.map(() => origin);
  }

  async #chosenOrigins(
    scope: Scope,
    powerpackId: string,
    service: MessageService,
    numbers: readonly PhoneNumber[],
  ): Promise<readonly (Origin | undefined)[]> {
    if (service === 'whatsapp') {
      throw invalidParameter('powerpack_uuid', 'powerpack_uuid parameter is invalid: a WhatsApp message needs src');
    }
    const { powerpacks } = this.#needs;
    const loaded = await powerpacks.find(scope, powerpackId);
    if (!loaded) throw invalidParameter('powerpack_uuid', 'powerpack_uuid parameter is invalid: there is no such Powerpack');
    const choices = await powerpacks.choose(loaded, service, numbers);
    return choices.map((choice) => choice && originOf(loaded.powerpack.powerpackId, choice));
  }

  async #attachments(scope: Scope, request: SendRequest): ReturnType<OutboundMediaSource['resolve']> {
    if (request.mediaIds.length === 0 && request.mediaUrls.length === 0) return { media: [], failure: undefined };
    return this.#needs.media.resolve(scope, request.mediaIds, request.mediaUrls, Buffer.byteLength(request.text ?? ''));
  }

  /** Why the message fails without reaching a carrier, as a message error code; undefined when nothing stands against it. */
  async #failureOf(
    account: Account,
    request: SendRequest,
    from: { readonly sender: Sender; readonly owned: OwnNumberFacts | undefined },
    number: PhoneNumber,
    verdict: SenderVerdict,
    geo: GeoPermissions | undefined,
    now: number,
  ): Promise<string | undefined> {
    if (verdict.kind === 'fails') return verdict.errorCode;
    const barred = await this.#barred(account, request.service, number.countryIso2, geo, now);
    if (barred !== undefined) return barred;
    const { sender, owned } = from;
    const isLimited = request.service !== 'whatsapp' && owned !== undefined && this.#standing(owned, number) === 'limited';
    const cap = dailyCap(account.settings.senderDailyCaps?.[sender.kind], isLimited);
    if (cap === undefined) return undefined;
    const sentToday = await this.#needs.usage.count(`sender:${account.authId}:${sender.address}`, 'day');
    return withinDailyCap(sentToday, cap) ? undefined : '100';
  }

  /** Has the rates of the senders at hand before their messages are queued. */
  async #prepare(origins: readonly (Origin | undefined)[]): Promise<void> {
    const senders = new Set(origins.flatMap((origin) => (origin?.owned ? [origin.sender.address] : [])));
    await Promise.all([...senders].map((sender) => this.#needs.registration.prepare(sender)));
  }

  /** A destination that no number of a Powerpack can reach is refused like one that its sender cannot. */
  #verdictOn(origin: Origin | undefined, number: PhoneNumber, service: MessageService): SenderVerdict {
    if (!origin) {
      const message = `powerpack_uuid parameter is invalid: no number of the Powerpack can send ${service} to ${number.digits}`;
      return { kind: 'refused', problem: invalidParameter('powerpack_uuid', message) };
    }
    const { sender, owned } = origin;
    return checkSender({
      sender,
      destination: number,
      service,
      owned: owned && { ...owned, countryIso2: owned.countryIso },
      isUnregistered: owned !== undefined && this.#standing(owned, number) === 'refused',
    });
  }

  #standing(owned: OwnNumberFacts, number: PhoneNumber): Standing {
    return this.#needs.registration.standingOf(owned, number.countryIso2);
  }

  /** What geo permissions say: 450 for a country that is not listed, 451 beyond its hourly threshold and for the rest of that day. */
  async #barred(
    account: Account,
    service: MessageService,
    country: string | undefined,
    geo: GeoPermissions | undefined,
    now: number,
  ): Promise<string | undefined> {
    const threshold = GEO_SERVICES.has(service) && country !== undefined ? account.settings.smsThresholds?.[country] : undefined;
    if (!threshold || country === undefined) return geo && !isCountryEnabled(geo, country) ? '450' : undefined;
    const { usage } = this.#needs;
    const scope = `${account.authId}:${country}`;
    const permission = { hourlyThreshold: threshold.perHour, policy: threshold.policy };
    const blocked = (await usage.used(`blocked:${scope}`, 'day')) > 0;
    const use = { sentThisHour: await usage.count(`country:${scope}`, 'hour'), blockedAt: blocked ? now : undefined };
    const decision = decideGeo(geo ?? new Map([[country, permission]]), country, use, now);
    const isBlocked = decision.kind === 'fails';
    if (decision.alert) {
      if (isBlocked) await usage.count(`blocked:${scope}`, 'day');
      await this.#needs.geoAlerts.alert({ account, country, blocked: isBlocked, hourlyThreshold: threshold.perHour });
    }
    if (!isBlocked) return undefined;
    return decision.errorCode;
  }

  #message(
    scope: Scope,
    request: SendRequest,
    made: {
      readonly id: string;
      readonly origin: Origin;
      readonly number: PhoneNumber;
      readonly text: string;
      readonly failure: string | undefined;
      readonly media: readonly OutboundMedia[];
      readonly now: number;
    },
  ): AcceptedMessage {
    const { number } = made;
    const { sender, owned, chosen } = made.origin;
    const units = request.service === 'sms' ? segmentText(made.text).parts.length : 1;
    const rates = this.#needs.rates();
    const rate = rates.find(request.service, 'outbound', number.digits);
    const home = owned?.countryIso ?? sender.countryIso2;
    return {
      id: made.id,
      accountId: scope.account.authId,
      ownerId: ownerOf(scope),
      service: request.service,
      src: sender.address,
      senderKind: sender.kind,
      dst: number.digits,
      country: number.countryIso2,
      network: rates.networkOf(number.digits),
      campaignId: number.countryIso2 === 'US' ? owned?.campaignId : undefined,
      senderCampaignId: owned?.campaignId,
      isDomestic: home !== undefined && home === number.countryIso2,
      text: made.text,
      units,
      charge: chargeOf(rate, units),
      log: request.log,
      requesterIp: request.requesterIp,
      callbackUrl: request.callbackUrl,
      callbackMethod: request.callbackMethod,
      expirySeconds: request.expirySeconds,
      trackable: request.trackable,
      failure: made.failure,
      media: made.media,
      structured: request.structured,
      details: request.details,
      verification: request.verification,
      mayRepeat: request.idempotencyKey !== undefined,
      acceptedAt: made.now,
      chosen,
    };
  }
}

function originOf(powerpackId: string, { sender, reason }: SenderChoice): Origin {
  return {
    sender: { address: sender.number, kind: senderKindOf(sender), countryIso2: sender.countryIso },
    owned: sender,
    chosen: { powerpackId, reason },
  };
}

/** Messages a day of one sender: what the operator grants, and what registration does; undefined = unlimited. */
function dailyCap(granted: number | undefined, isLimited: boolean): number | undefined {
  const caps = [...(granted ? [granted] : []), ...(isLimited ? [UNREGISTERED_PER_DAY] : [])];
  return caps.length === 0 ? undefined : Math.min(...caps);
}

/** Numbers of the main account are the main account's to use; a subaccount sends from what is assigned to it. */
function mayUse(scope: Scope, number: OwnNumberFacts): boolean {
  if (number.accountId !== scope.account.authId) return false;
  return scope.subaccount === null || number.subaccountId === scope.subaccount.authId;
}

/** For two minutes after a message found no credit, or a spend limit reached, Send is refused (messaging.md §19); a recharge or a higher limit lifts that. */
function refuseWithoutCredit({ account, subaccount }: Scope, now: number): void {
  for (const each of [account, subaccount]) {
    if (each?.creditLockUntil && each.creditLockUntil.getTime() > now)
      throw new Problem('insufficient_credit', 'Insufficient Credit');
  }
}

function checkText(request: SendRequest, account: Account): string {
  const given = request.text ?? '';
  if (given === '') {
    if (request.service === 'sms') throw missingParameter('text');
    return given;
  }
  if (request.service === 'whatsapp' || request.service === 'mms') {
    const limit = request.service === 'mms' ? MAX_MMS_TEXT : MAX_WHATSAPP_TEXT;
    if (given.length > limit) throw invalidParameter('text', `text parameter is longer than ${limit} characters`);
    return given;
  }
  const text = account.settings.smartEncoding ? replaceLookAlikes(given) : given;
  const exceeded = textLimitExceeded(text);
  if (exceeded) {
    throw invalidParameter(
      'text',
      `text parameter is too long: ${exceeded.length} characters in ${exceeded.encoding}, at most ${exceeded.limit} are allowed`,
    );
  }
  return text;
}

/** The account's country list with thresholds; undefined = every country, and for services the list does not govern. */
function geoPermissionsOf(account: Account, service: MessageService): GeoPermissions | undefined {
  const { smsCountries, smsThresholds } = account.settings;
  if (!GEO_SERVICES.has(service) || !smsCountries) return undefined;
  return new Map(
    smsCountries.map((country) => {
      const threshold = smsThresholds?.[country];
      return [country, { hourlyThreshold: threshold?.perHour, policy: threshold?.policy ?? 'ignore' }] as const;
    }),
  );
}
