import { type CountryCode, getCountryCallingCode, isSupportedCountry } from 'libphonenumber-js/max';

const names = new Intl.DisplayNames('en', { type: 'region', fallback: 'code' });

/** English name: `United States`; what is no country stays as it is. */
export const plainCountryName = (iso: string): string => (/^[A-Z]{2}$/.test(iso) ? (names.of(iso) ?? iso) : iso);

/** English name in capitals, as number objects show it: `UNITED STATES`. */
export const countryName = (iso: string): string => plainCountryName(iso).toUpperCase();

const isCountry = (iso: string): iso is CountryCode => isSupportedCountry(iso);

/** Calling code without `+` of an ISO alpha-2 country; undefined when there is no such country. */
export function callingCodeOf(iso: string): string | undefined {
  return isCountry(iso) ? getCountryCallingCode(iso) : undefined;
}
