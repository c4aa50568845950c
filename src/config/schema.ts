import { type Static, Type } from 'typebox';
import { surchargeServices } from '../billing/surcharges.ts';
import { srtpPolicies } from '../carriers/sip/srtp-policy.ts';
import { referPolicies } from '../carriers/sip/trunk.ts';
import { isWebAddress } from '../delivery/web-address.ts';
import { numberServices, numberTypes } from '../numbers/number.ts';

import { complianceSection } from './compliance-options.ts';

import { phloEntry } from './phlo-options.ts';

import { recognitionSection } from './recognition-options.ts';

import { speechSection } from './speech-options.ts';
import { oneOf, optional, strict, text } from './value-schemas.ts';
import { verifyApplicationEntry } from './verify-options.ts';

/**
 * The configuration file (design: Contract, YAML). Every key that is not named here is an error. `description` is what an error
 * says is expected; the nearest one around the faulty value is taken.
 */

const flag = () => Type.Boolean({ description: 'true or false is expected' });
const url = () => Type.Refine(Type.String({ description: 'an http or https URL is expected' }), isWebAddress);
const method = () => Type.Union([Type.Literal('GET'), Type.Literal('POST')], { description: 'GET or POST is expected' });
/** Quoted or not: YAML reads bare digits as a number. */
const amount = () =>
  Type.Union([Type.String({ pattern: '^\\d{1,10}(\\.\\d{1,5})?$' }), Type.Number({ minimum: 0, maximum: 9_999_999_999 })], {
    description: 'an amount of at most five decimals such as "12.50" is expected',
  });
const digits = (least: number, most: number) =>
  Type.Union([Type.String({ pattern: `^\\+?\\d{${least},${most}}$` }), Type.Integer({ minimum: 0, maximum: 10 ** most - 1 })], {
    description: `${least === 0 ? 'up to' : `${least} to`} ${most} digits are expected`,
  });
const integer = (minimum: number, maximum: number) =>
  Type.Integer({ minimum, maximum, description: `a whole number from ${minimum} to ${maximum} is expected` });
const rate = () => Type.Number({ minimum: 0, maximum: 1_000_000, description: 'a number from 0 (unlimited) is expected' });

const mainId = () =>
  Type.String({ pattern: '^MA[A-Z0-9]{18}$', description: 'MA and 18 upper-case letters or digits are expected' });
const subId = () =>
  Type.String({ pattern: '^SA[A-Z0-9]{18}$', description: 'SA and 18 upper-case letters or digits are expected' });
const authToken = () => Type.String({ pattern: '^[\\x21-\\x7e]{40}$', description: '40 characters without blanks are expected' });
const country = () => Type.String({ pattern: '^[A-Z]{2}$', description: 'an ISO 3166 code of two capital letters is expected' });
const carrierName = () =>
  Type.String({
    pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$',
    description: 'up to 63 letters, digits, ".", "_" and "-" are expected',
  });

export const messageServices = ['sms', 'mms', 'whatsapp'] as const;
const senderKinds = () =>
  Type.Object(
    { long_code: optional(rate()), toll_free: optional(rate()), short_code: optional(rate()), alphanumeric: optional(rate()) },
    strict,
  );

const networkCode = () =>
  Type.String({ pattern: '^\\d{3}-\\d{2,3}$', description: 'country and network code such as "234-15" are expected' });

const spendKeys = {
  per_day: optional(amount()),
  per_month: optional(amount()),
  alert_percents: optional(
    Type.Array(integer(1, 100), { maxItems: 10, description: 'up to 10 whole numbers from 1 to 100 are expected' }),
  ),
  alert_url: optional(url()),
};

const prefixes = () => Type.Array(digits(1, 15), { description: 'a list of digits that numbers begin with is expected' });

const account = Type.Object(
  {
    auth_id: mainId(),
    auth_token: optional(authToken()),
    name: optional(text(100)),
    timezone: optional(text(64)),
    address: optional(text()),
    city: optional(text(100)),
    state: optional(text(100)),
    enabled: optional(flag()),
    balance: optional(amount()),
    billing: optional(oneOf(['prepaid', 'postpaid'])),
    limits: optional(
      Type.Object(
        {
          api_requests_per_5s: optional(integer(0, 1_000_000)),
          message_lists_per_minute: optional(integer(0, 1_000_000)),
          messages_per_second: optional(rate()),
          calls_per_second: optional(integer(0, 10_000)),
          inbound_calls_per_second: optional(integer(0, 10_000)),
          sender_rates: optional(senderKinds()),
          sender_daily_caps: optional(senderKinds()),
          concurrent_calls: optional(integer(0, 1_000_000)),
          dials_per_destination: optional(integer(0, 1_000_000)),
          call_requests_per_5s: optional(integer(0, 1_000_000)),
        },
        strict,
      ),
    ),
    smart_encoding: optional(flag()),
    geo: optional(
      Type.Object(
        {
          sms: optional(Type.Array(country(), { description: 'a list of ISO 3166 codes is expected' })),
          voice: optional(Type.Array(country(), { description: 'a list of ISO 3166 codes is expected' })),
          voice_barred_prefixes: optional(prefixes()),
          voice_disabled_prefixes: optional(prefixes()),
          alert_url: optional(url()),
          thresholds: optional(
            Type.Record(
              Type.String({ pattern: '^[A-Z]{2}$' }),
              Type.Object({ per_hour: integer(0, 1_000_000_000), policy: oneOf(['block', 'alert', 'ignore']) }, strict),
              { ...strict, description: 'ISO 3166 codes with per_hour and policy are expected' },
            ),
          ),
        },
        strict,
      ),
    ),
    spend: optional(
      Type.Object(
        {
          ...spendKeys,
          balance_alerts: optional(Type.Array(amount(), { maxItems: 10, description: 'up to 10 amounts are expected' })),
          recharge: optional(Type.Object({ below: amount(), add: amount(), per_month: amount() }, strict)),
        },
        strict,
      ),
    ),
    endpoint_transfers: optional(oneOf(referPolicies)),
    endpoint_srtp: optional(oneOf(srtpPolicies)),
    opt_out_handling: optional(flag()),
    content_retention_days: optional(integer(0, 3650)),
    recordings: optional(Type.Object({ auth: optional(flag()), retention_days: optional(integer(0, 3650)) }, strict)),
  },
  strict,
);

const subaccount = Type.Object(
  {
    auth_id: subId(),
    account: mainId(),
    auth_token: optional(authToken()),
    name: optional(text(100)),
    enabled: optional(flag()),
    spend: optional(Type.Object(spendKeys, strict)),
  },
  strict,
);

const application = Type.Object(
  {
    name: text(),
    account: mainId(),
    subaccount: optional(subId()),
    answer_url: optional(url()),
    answer_method: optional(method()),
    hangup_url: optional(url()),
    hangup_method: optional(method()),
    fallback_answer_url: optional(url()),
    fallback_method: optional(method()),
    message_url: optional(url()),
    message_method: optional(method()),
    default_number_app: optional(flag()),
    default_endpoint_app: optional(flag()),
    public_uri: optional(flag()),
    log_incoming_messages: optional(flag()),
  },
  strict,
);

/** What numbers of accounts and numbers for sale have in common. */
const numberFacts = {
  number: digits(3, 15),
  carrier: optional(carrierName()),
  country: optional(country()),
  type: optional(oneOf(numberTypes)),
  city: optional(text(100)),
  region: optional(text(100)),
  rate_center: optional(text(64)),
  lata: optional(integer(0, 99_999)),
  prefix: optional(digits(1, 15)),
  services: optional(Type.Array(oneOf(numberServices), { description: 'a list of voice, sms, mms is expected' })),
  monthly: optional(amount()),
  sms_rate: optional(amount()),
  mms_rate: optional(amount()),
  voice_rate: optional(amount()),
};
const number = Type.Object(
  { ...numberFacts, account: mainId(), subaccount: optional(subId()), application: optional(text()), alias: optional(text()) },
  strict,
);
const forSale = Type.Object(
  {
    ...numberFacts,
    setup: optional(amount()),
    restriction: optional(oneOf(['city-address', 'country-address', 'terms-and-conditions'])),
    restriction_text: optional(text(1000)),
  },
  strict,
);

/** The other keys of a carrier are its kind's own (carrier-options.ts). */
const carrier = Type.Object({
  name: carrierName(),
  kind: text(32),
  costs: optional(
    Type.Array(
      Type.Object(
        { service: optional(oneOf([...messageServices, 'voice'])), prefix: optional(digits(0, 15)), cost: amount() },
        strict,
      ),
    ),
  ),
});

const route = Type.Object(
  {
    service: oneOf([...messageServices, 'voice']),
    prefix: optional(digits(0, 15)),
    carriers: Type.Array(carrierName(), { minItems: 1, maxItems: 20, description: 'a list of 1 to 20 carriers is expected' }),
    priority: optional(integer(-1_000_000, 1_000_000)),
    failover_codes: optional(
      Type.Array(Type.Union([Type.String({ pattern: '^\\d{1,5}$' }), Type.Integer({ minimum: 0, maximum: 99_999 })]), {
        description: 'a list of message error codes is expected',
      }),
    ),
  },
  strict,
);

const price = Type.Object(
  {
    service: oneOf([...messageServices, 'voice', 'multiparty', ...surchargeServices]),
    direction: optional(oneOf(['outbound', 'inbound'])),
    prefix: optional(digits(0, 15)),
    network: optional(networkCode()),
    rate: amount(),
    fee: optional(amount()),
    increment: optional(
      Type.String({
        pattern: '^[1-9]\\d{0,3}/[1-9]\\d{0,3}$',
        description: 'seconds billed at least and the step after them, such as "60/60", are expected',
      }),
    ),
  },
  strict,
);

const network = Type.Object({ prefix: digits(1, 15), code: networkCode(), name: optional(text(100)) }, strict);

const list = <Item extends Parameters<typeof Type.Array>[0]>(item: Item) => optional(Type.Array(item));

export const configSchema = Type.Object(
  {
    accounts: list(account),
    subaccounts: list(subaccount),
    applications: list(application),
    numbers: list(number),
    inventory: list(forSale),
    carriers: list(carrier),
    routes: list(route),
    rates: list(price),
    networks: list(network),
    do_not_originate: list(digits(3, 15)),
    phlos: list(phloEntry),
    verify_applications: list(verifyApplicationEntry),
    speech: optional(speechSection),
    compliance: optional(complianceSection),
    recognition: optional(recognitionSection),
  },
  strict,
);

export type ConfigFile = Static<typeof configSchema>;
export type AccountEntry = Static<typeof account>;
export type NumberEntry = Static<typeof number>;
export type InventoryEntry = Static<typeof forSale>;
export type CarrierEntry = Static<typeof carrier>;
export type RouteEntry = Static<typeof route>;
export type NetworkEntry = Static<typeof network>;
export type RateEntry = Static<typeof price>;
