import { getExampleNumber, isSupportedCountry } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/mobile/examples';
import { Type } from 'typebox';
import { formatAmount } from '../../billing/money.ts';
import type { Rate, RatedService } from '../../billing/rates.ts';
import { invalidParameter } from '../../errors/catalogue.ts';
import { regionOfAreaCode } from '../../numbers/area-codes.ts';
import { callingCodeOf, plainCountryName } from '../../numbers/country.ts';
import type { RentalPrice } from '../../numbers/inventory-store.ts';
import { oneOf } from '../compliance/wire-object.ts';
import { defineCommand } from '../define.ts';
import { apiId, nullableString } from '../fields.ts';

const capabilities = ['voice', 'sms', 'mms'] as const;
const rate = () => Type.Object({ rate: nullableString() });
const rental = () =>
  Type.Optional(
    Type.Object({
      rate: Type.String(),
      rates: Type.Array(
        Type.Object({ capabilities: Type.Array(oneOf(capabilities)), rental_rate: Type.String(), setup_rate: Type.String() }),
      ),
    }),
  );
const sides = () => Type.Object({ ip: rate(), local: rate(), tollfree: rate() });

/**
 * GET Pricing/ (account-numbers.md §10) from the price list in force. A rate that this server does not have (calls between endpoints,
 * calls to toll-free numbers) is null. Rentals are those of the cheapest number for sale, in `rates` of each combination of capabilities.
 */
export const getPricing = defineCommand({
  name: 'get-pricing',
  summary: 'Prices of a country',
  tag: 'Pricing',
  method: 'GET',
  path: 'Pricing/',
  parameters: Type.Object({ country_iso: Type.String({ pattern: '^[A-Za-z]{2}$' }) }),
  replies: {
    200: Type.Object({
      api_id: apiId(),
      country: Type.String(),
      country_code: Type.Integer(),
      country_iso: Type.String(),
      message: Type.Object({
        inbound: rate(),
        outbound: rate(),
        outbound_networks_list: Type.Array(Type.Object({ group_name: Type.String(), rate: Type.String() })),
      }),
      phone_numbers: Type.Object({ local: rental(), tollfree: rental(), mobile: rental(), national: rental() }),
      voice: Type.Object({
        inbound: sides(),
        outbound: Type.Object({
          ip: rate(),
          local: rate(),
          tollfree: rate(),
          rates: Type.Array(
            Type.Object({
              origination_prefix: Type.Array(Type.String()),
              prefix: Type.Array(Type.String()),
              rate: Type.String(),
              voice_network_group: Type.String(),
            }),
          ),
        }),
      }),
    }),
  },
  async run({ parameters }, { rates, inventory }) {
    const iso = parameters.country_iso.toUpperCase();
    const code = callingCodeOf(iso);
    if (code === undefined || !isSupportedCountry(iso)) {
      throw invalidParameter('country_iso', 'country_iso parameter is invalid: there is no such country');
    }
    const table = rates();
    const sample = getExampleNumber(iso, examples)?.number.slice(1) ?? code;
    const find = (service: RatedService, direction: 'inbound' | 'outbound') => table.find(service, direction, sample);
    // Below a calling code that countries share, the area code tells whose a prefix is.
    const isOfCountry = ({ prefix }: Rate) =>
      code !== '1' || regionOfAreaCode(prefix.slice(1, 4))?.startsWith(`${iso}-`) === true;
    const below = (service: RatedService) => table.below(service, 'outbound', code).filter(isOfCountry);
    const country = plainCountryName(iso);
    const name = ({ prefix }: Rate) => (prefix.length > code.length ? `${country} ${prefix}` : country);
    const sms = find('sms', 'outbound');
    const voice = find('voice', 'outbound');
    const rentals = await inventory.cheapest(iso);
    const rentalOf = (type: 'local' | 'tollfree' | 'mobile' | 'national') => {
      const prices = rentals.filter((price) => price.type === type);
      const [cheapest] = prices;
      return cheapest && { [type]: { rate: formatAmount(cheapest.monthlyMicros), rates: prices.map(rentalRate) } };
    };
    return {
      status: 200,
      body: {
        country,
        country_code: Number(code),
        country_iso: iso,
        message: {
          inbound: shown(find('sms', 'inbound')),
          outbound: shown(sms),
          outbound_networks_list: [sms, ...below('sms').filter((other) => other.prefix !== sms.prefix)].map((each) => ({
            group_name: name(each),
            ...shown(each),
          })),
        },
        phone_numbers: { ...rentalOf('local'), ...rentalOf('tollfree'), ...rentalOf('mobile'), ...rentalOf('national') },
        voice: {
          inbound: { ip: UNKNOWN, local: shown(find('voice', 'inbound')), tollfree: shown(find('voice', 'inbound')) },
          outbound: {
            ip: UNKNOWN,
            local: shown(voice),
            tollfree: UNKNOWN,
            rates: [voice, ...below('voice').filter((other) => other.prefix !== voice.prefix)].map((each) => ({
              origination_prefix: [''],
              prefix: [each.prefix.length > 0 ? each.prefix : code],
              ...shown(each),
              voice_network_group: name(each),
            })),
          },
        },
      },
    };
  },
});

const rentalRate = (price: RentalPrice) => ({
  capabilities: capabilities.filter((capability) => price[`${capability}Enabled`]),
  rental_rate: formatAmount(price.monthlyMicros),
  setup_rate: formatAmount(price.setupMicros),
});

const UNKNOWN = { rate: null };
const shown = ({ rate }: Rate) => ({ rate: formatAmount(rate) });
