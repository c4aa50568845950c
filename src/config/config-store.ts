import type pg from 'pg';
import type { Micros } from '../billing/money.ts';
import type { NetworkRange, RatedService } from '../billing/rates.ts';
import type { CarrierConfiguration } from '../carriers/registry.ts';
import type { ComplianceConfiguration } from '../compliance/configuration.ts';
import type { SpeechConfiguration } from '../speech/engines.ts';
import type { RecognitionConfiguration } from '../speech/recognition/configured-recogniser.ts';
import type { Sealing } from '../storage/sealing.ts';
import type { Storage } from '../storage/storage.ts';

export interface ConfiguredRoute {
  readonly service: 'sms' | 'mms' | 'whatsapp' | 'voice';
  readonly prefix: string;
  readonly carriers: readonly string[];
  readonly priority: number;
  readonly failoverCodes: readonly string[];
}

export interface ConfiguredRate {
  readonly service: RatedService;
  readonly direction: 'outbound' | 'inbound';
  readonly prefix: string;
  /** MCC-MNC; absent = by prefix alone. */
  readonly network?: string;
  readonly rate: Micros;
  readonly fee: Micros;
  /** Voice: seconds billed at least, and the step after them; null = 60/60. */
  readonly minimumS: number | null;
  readonly incrementS: number | null;
}

export interface CarrierCost {
  readonly carrier: string;
  readonly service: 'sms' | 'mms' | 'whatsapp' | 'voice';
  readonly prefix: string;
  readonly cost: Micros;
}

export interface Configuration {
  /** In the order of the file, without the simulator. */
  readonly carriers: readonly CarrierConfiguration[];
  readonly routes: readonly ConfiguredRoute[];
  /** Empty: the operator has no price list of their own, the default one is in force. */
  readonly rates: readonly ConfiguredRate[];
  /** What numbers belong to; empty = nothing is known. */
  readonly networks: readonly NetworkRange[];
  readonly costs: readonly CarrierCost[];
  /** Digits of the numbers from which no call is made. */
  readonly doNotOriginate: readonly string[];
  /** Undefined: the operator chose no engines, the default one speaks. */
  readonly speech: SpeechConfiguration | undefined;
  /** Undefined: the file says nothing of it, the defaults are in force. */
  readonly compliance: ComplianceConfiguration | undefined;
  /** Undefined: the operator chose no engines, speech is not understood. */
  readonly recognition: RecognitionConfiguration | undefined;
}

/** Carriers, routes, prices, speech engines and compliance as `ringdown apply` stored them: what the composition root builds the engine from. */
export class ConfigStore {
  readonly #pool: pg.Pool;
  readonly #sealing: Sealing;

  constructor(storage: Pick<Storage, 'pool'>, sealing: Sealing) {
    this.#pool = storage.pool;
    this.#sealing = sealing;
  }

  async load(): Promise<Configuration> {
    const carriers = await this.#pool.query<{ name: string; kind: string; options: string }>(
      'select name, kind, options from carriers order by position, name',
    );
    const routes = await this.#pool.query<ConfiguredRoute>(
      'select service, prefix, carriers, priority, failover_codes as "failoverCodes" from routes order by service, prefix, priority desc',
    );
    const rates = await this.#pool.query<ConfiguredRate>(
      `select service, direction, prefix, network, rate_micros as rate, fee_micros as fee, minimum_seconds as "minimumS",
         increment_seconds as "incrementS"
       from rates order by service, direction, prefix, network`,
    );
    const networks = await this.#pool.query<NetworkRange>('select prefix, mcc, mnc, name from networks order by prefix');
    const costs = await this.#pool.query<CarrierCost>(
      'select carrier, service, prefix, cost_micros as cost from carrier_costs order by carrier, service, prefix',
    );
    const silent = await this.#pool.query<{ number: string }>('select number from do_not_originate');
    const speech = await this.#pool.query<{ options: string }>('select options from speech');
    const sealed = speech.rows[0]?.options;
    const compliance = await this.#pool.query<{ options: string }>('select options from compliance_settings');
    const sealedCompliance = compliance.rows[0]?.options;
    const recognition = await this.#pool.query<{ options: string }>('select options from recognition');
    const sealedRecognition = recognition.rows[0]?.options;
    return {
      carriers: carriers.rows.map(({ name, kind, options }) => ({
        name,
        kind,
        options: JSON.parse(this.#sealing.unseal(options)),
      })),
      routes: routes.rows,
      rates: rates.rows.map(({ network, ...rate }) => (network ? { ...rate, network } : rate)),
      networks: networks.rows,
      costs: costs.rows,
      doNotOriginate: silent.rows.map(({ number }) => number),
      speech: sealed === undefined ? undefined : JSON.parse(this.#sealing.unseal(sealed)),
      compliance: sealedCompliance === undefined ? undefined : JSON.parse(this.#sealing.unseal(sealedCompliance)),
      recognition: sealedRecognition === undefined ? undefined : JSON.parse(this.#sealing.unseal(sealedRecognition)),
    };
  }
}
