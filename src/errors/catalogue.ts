/**
 * Every error the HTTP interfaces can answer with: class name (`error_code` on the wire), status, and whether repeating the same
 * request can help and is safe. The sentence of a single case is given where it is thrown; the class never changes its meaning.
 */
export interface ErrorClass {
  readonly status: number;
  readonly retry: 'pointless' | 'safe';
  readonly meaning: string;
}

export const errorCatalogue = {
  invalid_parameter: { status: 400, retry: 'pointless', meaning: 'A parameter is missing or invalid; the text names it.' },
  malformed_request: {
    status: 400,
    retry: 'pointless',
    meaning: 'The body is not what its Content-Type says, or the URL cannot be decoded.',
  },
  authentication_failed: {
    status: 401,
    retry: 'pointless',
    meaning: 'No credentials, unknown Auth ID, wrong Auth Token or a disabled subaccount.',
  },
  insufficient_credit: {
    status: 402,
    retry: 'pointless',
    meaning: 'Balance or spend limit do not cover it, or did not less than two minutes ago; recharge or raise the limit first.',
  },
  forbidden: { status: 403, retry: 'pointless', meaning: 'The credentials are valid but may not do this.' },
  destination_barred: {
    status: 403,
    retry: 'pointless',
    meaning: 'Geo permissions bar every destination country of the request.',
  },
  concurrency_limit: {
    status: 403,
    retry: 'safe',
    meaning: 'The account has as many calls at once as it may; nothing was stored. It can be repeated when one has ended.',
  },
  not_found: { status: 404, retry: 'pointless', meaning: 'No such path, or no such object in this account.' },
  method_not_allowed: {
    status: 405,
    retry: 'pointless',
    meaning: 'The path exists, this verb does not; Allow lists those that do.',
  },
  conflict: {
    status: 409,
    retry: 'pointless',
    meaning: 'The object is in a state, or has a name, that the request contradicts.',
  },
  payload_too_large: { status: 413, retry: 'pointless', meaning: 'The body is larger than this route takes.' },
  unsupported_media_type: {
    status: 415,
    retry: 'pointless',
    meaning: 'JSON is expected, or multipart/form-data where files are uploaded.',
  },
  range_not_satisfiable: {
    status: 416,
    retry: 'pointless',
    meaning: 'The Range of the request begins behind the end of the file; Content-Range has its size.',
  },
  unprocessable: {
    status: 422,
    retry: 'pointless',
    meaning: 'Feedback about a call is understood but not acceptable; the text names the parameter.',
  },
  rate_limit_exceeded: {
    status: 429,
    retry: 'safe',
    meaning: 'More requests than the account may make; Retry-After says when to go on.',
  },
  server_error: { status: 500, retry: 'safe', meaning: 'A fault of this server; nothing was stored. The log has the api_id.' },
  unavailable: {
    status: 503,
    retry: 'safe',
    meaning: 'Storage is not reachable or the server is shutting down; nothing was stored.',
  },
} as const satisfies Record<string, ErrorClass>;

export type ErrorCode = keyof typeof errorCatalogue;

/** An error of the catalogue with the sentence for this case. Thrown by the domain, rendered by the dialect that was spoken to. */
export class Problem extends Error {
  readonly code: ErrorCode;
  /** Name of the offending parameter, when there is one. */
  readonly parameter: string | undefined;
  readonly retryAfterSeconds: number | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { parameter?: string; retryAfterSeconds?: number; cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'Problem';
    this.code = code;
    this.parameter = options.parameter;
    this.retryAfterSeconds = options.retryAfterSeconds;
  }

  get status(): number {
    return errorCatalogue[this.code].status;
  }
}

export const invalidParameter = (parameter: string, message: string) => new Problem('invalid_parameter', message, { parameter });
export const missingParameter = (parameter: string) =>
  new Problem('invalid_parameter', `${parameter} parameter is missing`, { parameter });
export const notFound = () => new Problem('not_found', 'not found');
