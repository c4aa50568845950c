import { Type } from 'typebox';
import { invalidParameter, notFound } from '../../errors/catalogue.ts';
import { type NumberService, type NumberType, numberServices, numberTypes } from '../../numbers/number.ts';
import { text } from '../fields.ts';

/** Digits of a number as written in a path: `+` and separators are tolerated (account-numbers.md §1). */
export function digitsOfPath(written: string): string {
  const digits = written.replace(/[\s().-]/g, '').replace(/^\+/, '');
  if (!/^\d{3,15}$/.test(digits)) throw notFound();
  return digits;
}

/** `any` is the default and means every type. */
export const numberType = () => Type.Optional(Type.Union([...numberTypes, 'any' as const].map((name) => Type.Literal(name))));

export const oneType = (given: string | undefined): NumberType | undefined => numberTypes.find((name) => name === given);

/** `voice`, `sms`, `mms` joined by commas in any order. */
export const services = () => Type.Optional(text(64));

export function readServices(given: string | undefined): readonly NumberService[] {
  if (given === undefined) return [];
  return given.split(',').map((item) => {
    const service = numberServices.find((name) => name === item.trim().toLowerCase());
    if (!service)
      throw invalidParameter('services', 'services parameter is invalid: voice, sms, mms joined by commas are expected');
    return service;
  });
}

/** `enabled` or `disabled`; one page of the documentation has booleans, which are taken, too. */
export const onOff = () => Type.Optional(Type.String({ maxLength: 16, pattern: '^(enabled|disabled|[Tt]rue|[Ff]alse|1|0)$' }));

export function readOnOff(given: string | undefined): 'enabled' | 'disabled' | undefined {
  if (given === undefined) return undefined;
  return ['enabled', 'true', 'True', '1'].includes(given) ? 'enabled' : 'disabled';
}
