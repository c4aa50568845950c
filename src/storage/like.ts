/** The pattern of LIKE for text that begins with `prefix`, whose own `%` and `_` mean themselves. */
export const likePrefix = (prefix: string): string => `${prefix.replace(/[\\%_]/g, '\\$&')}%`;
