/** audio-streaming.md §1, §2. */
export const MAX_URL_LENGTH = 2_048;
export const MAX_EXTRA_HEADERS_BYTES = 512;
export const DEFAULT_TIMEOUT_S = 86_400;
export const MAX_TIMEOUT_S = 86_400;
export const NOISE_LEVEL = { initial: 85, min: 60, max: 100 } as const;

export const isStreamUrl = (url: string): boolean => /^wss?:\/\/[^\s/?#\\]\S*$/i.test(url) && URL.canParse(url);
