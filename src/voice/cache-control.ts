/** How long an answer may be used again (RFC 9111 §4.2, §5.2.2), as far as it matters to audio files. */
export interface Freshness {
  /** False: `no-store`. */
  readonly storable: boolean;
  /** Milliseconds for which it needs no question; 0 = ask each time. */
  readonly freshMs: number;
  readonly etag: string | undefined;
  readonly lastModified: string | undefined;
}

type AnswerHeaders = Readonly<Record<string, string | readonly string[] | undefined>>;

export function freshnessOf(headers: AnswerHeaders): Freshness {
  const directives = new Map(
    one(headers['cache-control'])
      .toLowerCase()
      .split(',')
      .map((directive): [string, string] => {
        const [name = '', value = ''] = directive.trim().split('=');
        return [name, value.replaceAll('"', '')];
      }),
  );
  const age = Number(one(headers.age)) || 0;
  const maxAge = Number(directives.get('s-maxage') ?? directives.get('max-age') ?? 0) || 0;
  const ask = directives.has('no-cache');
  return {
    storable: !directives.has('no-store'),
    freshMs: ask ? 0 : Math.max(0, maxAge - age) * 1000,
    etag: one(headers.etag) || undefined,
    lastModified: one(headers['last-modified']) || undefined,
  };
}

/** What a 304 changes: the headers that it has; all others stay as they were (RFC 9111 §4.3.4). */
export function refreshed(kept: Freshness, headers: AnswerHeaders): Freshness {
  const { freshMs, ...news } = freshnessOf(headers);
  return {
    storable: kept.storable,
    freshMs: headers['cache-control'] === undefined ? kept.freshMs : freshMs,
    etag: news.etag ?? kept.etag,
    lastModified: news.lastModified ?? kept.lastModified,
  };
}

const one = (value: string | readonly string[] | undefined): string =>
  typeof value === 'string' ? value : (value?.join(', ') ?? '');
