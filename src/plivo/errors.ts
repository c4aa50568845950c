import { errorCatalogue, Problem } from '../errors/catalogue.ts';
import type { Log } from '../runtime/log.ts';
import { isConstraintViolation, isPassingFailure } from '../storage/failure.ts';

export interface RenderedError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: { readonly api_id: string; readonly error: string; readonly error_code: string };
}

/** Renders an error of the catalogue as Plivo's error body: `error` is a sentence, `error_code` the class (00-conventions.md). */
export function renderError(problem: Problem, apiId: string): RenderedError {
  const { status } = errorCatalogue[problem.code];
  return {
    status,
    headers: problem.retryAfterSeconds === undefined ? {} : { 'retry-after': String(problem.retryAfterSeconds) },
    body: { api_id: apiId, error: problem.message, error_code: problem.code },
  };
}

/** Turns whatever was thrown into an error of the catalogue; what is none is logged with its stack and becomes 500 or 503. */
export function toProblem(error: unknown, apiId: string, log: Log): Problem {
  if (error instanceof Problem) return error;
  if (isPassingFailure(error)) {
    log.warn({ api_id: apiId, err: error }, 'storage is not reachable');
    return new Problem('unavailable', 'the service is temporarily unavailable, try again', { retryAfterSeconds: 1 });
  }
  if (isConstraintViolation(error)) {
    log.info({ api_id: apiId, err: error }, 'two requests met');
    return new Problem('conflict', 'another request has just changed or removed what this one refers to');
  }
  log.error({ api_id: apiId, err: error }, 'request failed');
  return new Problem('server_error', 'internal server error');
}
