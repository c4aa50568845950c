import { errorCatalogue } from './catalogue.ts';
import { messageCodes } from './message-codes.ts';

const retries = {
  safe: 'safe',
  pointless: 'pointless until the cause is removed',
  later: 'may help later',
} as const;

/** docs/errors.md, made of the catalogues: `npm run docs:errors` writes it, a test keeps it equal. */
export function errorsPage(): string {
  const classes = Object.entries(errorCatalogue).map(([code, { status, retry, meaning }]) => [
    String(status),
    `\`${code}\``,
    meaning,
    retries[retry],
  ]);
  const codes = [...messageCodes.values()].map(({ code, text, retry }) => [
    `\`${code}\``,
    text === '' ? 'No error: delivered' : text,
    text === '' ? '' : retries[retry],
  ]);
  return `# Errors

Written by \`npm run docs:errors\` from src/errors: change it there.

## API errors

An error is answered as \`{"api_id": "…", "error": "…", "error_code": "…"}\`. \`error\` is a sentence about this case and may change,
\`error_code\` is one of the classes below and keeps its meaning. The \`api_id\` finds the request in the log.

${table(['Status', 'Class', 'Meaning', 'Repeating the same request'], classes)}

## Message errors

A message that failed, or was not delivered, has one of these in \`error_code\` of its record and \`ErrorCode\` of its callbacks.

${table(['Code', 'Meaning', 'Sending it again'], codes)}
`;
}

/** Columns are padded as the project's formatter does it, so that it has nothing to change. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const cells = [head, ...rows].map((row) => row.map((cell) => cell.replaceAll('|', '\\|')));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const line = (row: readonly string[]) => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`;
  const [top, ...rest] = cells.map(line);
  return [top, line(widths.map((width) => '-'.repeat(width))), ...rest].join('\n');
}
