import type { HttpRequest, HttpResult } from '../../delivery/http-client.ts';
import type { WebSocketRequest } from '../../delivery/websocket-client.ts';
import type { Clock } from '../../runtime/clock.ts';
import { CommandRecogniser } from './command-recogniser.ts';
import { OpenAiRecogniser } from './openai-recogniser.ts';
import type { Recogniser, Recognition, RecognitionRequest, SpeechModel } from './recogniser.ts';
import { RecogniserChain, type RecogniserLog } from './recogniser-chain.ts';
import type { SpeechDialectName } from './speech-dialect.ts';
import { type RecogniserSocket, WebSocketRecogniser } from './websocket-recogniser.ts';

/** Everything about speech to text that an operator chooses. Secrets are in the clear here and sealed where they are stored. */
export interface RecognitionConfiguration {
  /** In the order in which they are asked. */
  readonly engines: readonly RecogniserName[];
  /** Of recordings, BCP 47; that of a call's input is in its document. */
  readonly language?: string;
  readonly openai?: {
    readonly url: string;
    readonly apiKey?: string;
    readonly model?: string;
    readonly format?: 'json' | 'verbose_json';
  };
  readonly websocket?: {
    readonly url: string;
    readonly dialect: SpeechDialectName;
    readonly apiKey?: string;
    readonly models?: Readonly<Partial<Record<SpeechModel, string>>>;
  };
  readonly command?: {
    readonly run: readonly string[];
    readonly processes?: number;
    readonly timeoutS?: number;
  };
}

export const recogniserNames = ['openai', 'websocket', 'command'] as const;
export type RecogniserName = (typeof recogniserNames)[number];

/** Nothing is understood where nothing is configured. */
export const noRecognition: RecognitionConfiguration = { engines: [] };

const DEFAULT_LANGUAGE = 'en-US';
/** As many as there are cores on a small machine; each may hold a model of 100 MB and more. */
const DEFAULT_PROCESSES = 2;
const DEFAULT_TIMEOUT_S = 60;

export interface RecognitionServices {
  readonly clock: Clock;
  readonly log: RecogniserLog;
  /** These go wherever the operator's configuration says, private addresses included: not the guarded clients of customers' URLs. */
  readonly send: (request: HttpRequest) => Promise<HttpResult>;
  readonly open: (request: WebSocketRequest) => Promise<RecogniserSocket>;
}

const makers: Readonly<
  Record<RecogniserName, (configuration: RecognitionConfiguration, services: RecognitionServices) => Recogniser>
> = {
  openai({ openai }, { send }) {
    if (!openai) throw new RangeError('recognition.openai is missing');
    const { url, apiKey, model = 'whisper-1', format = 'json' } = openai;
    return new OpenAiRecogniser({ baseUrl: url, apiKey, model, format, send });
  },
  websocket({ websocket }, { open }) {
    if (!websocket) throw new RangeError('recognition.websocket is missing');
    const { url, dialect, apiKey, models = {} } = websocket;
    return new WebSocketRecogniser({ url, dialect, apiKey, models, open });
  },
  command({ command }, { clock }) {
    if (!command) throw new RangeError('recognition.command is missing');
    const { run, processes = DEFAULT_PROCESSES, timeoutS = DEFAULT_TIMEOUT_S } = command;
    return new CommandRecogniser({ clock, run, processes, timeoutMs: timeoutS * 1_000 });
  },
};

/** Speech to text as the configuration says, and as it says after a change: engines that stay as they were go on with what they do. */
export class ConfiguredRecogniser {
  readonly #services: RecognitionServices;
  readonly #chain: RecogniserChain;
  #engines: ReadonlyMap<RecogniserName, { readonly settings: string; readonly engine: Recogniser }> = new Map();
  #language = DEFAULT_LANGUAGE;

  constructor(services: RecognitionServices) {
    this.#services = services;
    this.#chain = new RecogniserChain(services);
  }

  /** Whether any engine is configured. */
  get available(): boolean {
    return this.#chain.available;
  }

  /** Of recordings. */
  get language(): string {
    return this.#language;
  }

  /** Throws RangeError, and changes nothing, for an engine whose own section is missing. */
  use(configuration: RecognitionConfiguration): void {
    const before = this.#engines;
    const engines = new Map(
      configuration.engines.map((name) => {
        const settings = JSON.stringify(configuration[name] ?? null);
        const known = before.get(name);
        return [name, known?.settings === settings ? known : { settings, engine: makers[name](configuration, this.#services) }];
      }),
    );
    this.#engines = engines;
    this.#language = configuration.language ?? DEFAULT_LANGUAGE;
    this.#chain.use([...engines.values()].map(({ engine }) => engine));
    for (const [name, { engine }] of before) {
      if (engines.get(name)?.engine !== engine) void engine.close();
    }
  }

  /** One utterance; the result rejects with `RecognitionError`. */
  recognise(request: RecognitionRequest): Recognition {
    return this.#chain.recognise(request);
  }

  async close(): Promise<void> {
    await this.#chain.close();
    await Promise.all([...this.#engines.values()].map(({ engine }) => engine.close()));
  }
}
