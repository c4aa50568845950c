import type { RegistryConfiguration } from '../configuration.ts';
import type { Answer, Registry, RegistryCase } from './case.ts';
import { magicAnswer } from './magic-value.ts';

type Options = Extract<RegistryConfiguration, { kind: 'automatic' }>;

/** Decides by itself: after a while, always the same, unless a magic value says otherwise. */
export class AutomaticRegistry implements Registry {
  readonly name = 'automatic';
  readonly #options: Options;

  constructor(options: Options) {
    this.#options = options;
  }

  async ask(question: RegistryCase, now: number): Promise<Answer> {
    const magic = magicAnswer(question);
    if (magic?.kind === 'wait') return { kind: 'later', askAgainAt: question.deadline.getTime() };
    const at = question.openedAt.getTime() + this.#options.delayMs;
    if (now < at) return { kind: 'later', askAgainAt: at };
    return { kind: 'decided', verdict: magic?.verdict ?? { outcome: this.#options.outcome } };
  }
}
