import { Type } from 'typebox';

const OPERATORS = [
  ['__gt', '>'],
  ['__gte', '>='],
  ['__lt', '<'],
  ['__lte', '<='],
  ['_gt', '>'],
  ['_gte', '>='],
  ['_lt', '<'],
  ['_lte', '<='],
] as const;

const whole = () => Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 }));

/** `bill_duration` with its ranges. */
export const billDurationParameters = {
  bill_duration: whole(),
  bill_duration__gt: whole(),
  bill_duration__gte: whole(),
  bill_duration__lt: whole(),
  bill_duration__lte: whole(),
  bill_duration_gt: whole(),
  bill_duration_gte: whole(),
  bill_duration_lt: whole(),
  bill_duration_lte: whole(),
};

/** `recording_storage_duration` with its ranges, in days. */
export const storageDurationParameters = {
  recording_storage_duration: whole(),
  recording_storage_duration__gt: whole(),
  recording_storage_duration__gte: whole(),
  recording_storage_duration__lt: whole(),
  recording_storage_duration__lte: whole(),
  recording_storage_duration_gt: whole(),
  recording_storage_duration_gte: whole(),
  recording_storage_duration_lt: whole(),
  recording_storage_duration_lte: whole(),
};

export interface Bound {
  readonly comparison: '=' | '<' | '<=' | '>' | '>=';
  readonly value: number;
}

/** The comparisons that were asked for. */
export function readNumberRange(name: string, given: Readonly<Record<string, unknown>>): readonly Bound[] {
  const bounds: Bound[] = [];
  const take = (parameter: string, comparison: Bound['comparison']) => {
    const value = given[parameter];
    if (typeof value === 'number') bounds.push({ comparison, value });
  };
  take(name, '=');
  for (const [suffix, comparison] of OPERATORS) take(name + suffix, comparison);
  return bounds;
}
