import type { Answer, Registry, RegistryCase } from './case.ts';

/** The operator decides, by the operator API: nothing is done here but waiting. */
export class OperatorRegistry implements Registry {
  readonly name = 'operator';

  async ask(question: RegistryCase): Promise<Answer> {
    return { kind: 'later', askAgainAt: question.deadline.getTime() };
  }
}
