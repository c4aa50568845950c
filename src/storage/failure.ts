/** PostgreSQL classes that say "not now" rather than "wrong statement": 08 connection, 53 resources, 57P shutdown, 40 rollback by conflict. */
const PASSING_CLASSES = /^(08|53|57P|40)/;
const CONNECTION_ERRORS = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND']);
const DRIVER_MESSAGES =
  /Connection terminated|Query read timeout|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error|Client was closed/;

/** The database is away or refused for a passing reason: the same statement can succeed later. */
export function isPassingFailure(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return PASSING_CLASSES.test(code) || CONNECTION_ERRORS.has(code) || DRIVER_MESSAGES.test(error.message);
}

/** PostgreSQL classes 22 (data exception) and 23 (integrity): a row is at fault, not the connection. */
export function isDataFailure(error: unknown): boolean {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' && /^2[23]/.test(error.code);
}

/** 23503: a foreign key, 23505: a unique one. Requests check what they refer to first, so this means that two of them met. */
export const isConstraintViolation = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && (error.code === '23503' || error.code === '23505');
