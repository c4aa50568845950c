import type { Micros } from './money.ts';

/** What an account or subaccount may spend, and what is told of it. Days and months are those of UTC. Absent or 0 = unlimited. */
export interface SpendSettings {
  readonly perDayMicros?: number;
  readonly perMonthMicros?: number;
  /** Per cent of a limit, each told once a day or month. */
  readonly alertPercents?: readonly number[];
  /** Balances of the account, each told when it is fallen below. */
  readonly balanceAlertsMicros?: readonly number[];
  /** Is told; absent = nobody. */
  readonly alertUrl?: string;
  /** Credit that the operator grants by itself when the balance falls below. */
  readonly recharge?: Recharge;
}

export interface Recharge {
  readonly belowMicros: number;
  readonly addMicros: number;
  /** Granted in a month at most. */
  readonly perMonthMicros: number;
}

export interface Spent {
  readonly day: Micros;
  readonly month: Micros;
}

/** At which part of a limit it is told of when the settings do not say. */
export const DEFAULT_ALERT_PERCENTS: readonly number[] = [80, 100];

/** What may still be spent today; Infinity where nothing is limited. */
export function spendLeft(settings: SpendSettings | undefined, spent: Spent): Micros {
  const day = settings?.perDayMicros ? settings.perDayMicros - spent.day : Number.POSITIVE_INFINITY;
  const month = settings?.perMonthMicros ? settings.perMonthMicros - spent.month : Number.POSITIVE_INFINITY;
  return Math.min(day, month);
}

export const isLimited = (settings: SpendSettings | undefined): boolean =>
  Boolean(settings?.perDayMicros) || Boolean(settings?.perMonthMicros);
