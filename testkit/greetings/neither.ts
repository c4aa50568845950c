import type { Background, Greeting, Piece } from './greeting.ts';
import { pause } from './pieces.ts';

const nobody = (name: string, pieces: readonly Piece[], background?: readonly [Background, number]): Greeting => ({
  name,
  answerer: 'neither',
  set: 'tuning',
  pieces: [pause(300), ...pieces],
  ...(background && { background: { kind: background[0], below: background[1] } }),
});

const cadence = (hz: readonly number[], onMs: number, offMs: number, times: number): readonly Piece[] =>
  Array.from({ length: times }, (): readonly Piece[] => [{ kind: 'tones', hz, ms: onMs, peak: 4000 }, pause(offMs)]).flat();

export const neither: readonly Greeting[] = [
  nobody('silence', []),
  nobody('white noise', [], ['white', 20]),
  nobody('street without anybody', [], ['street', 18]),
  nobody('ring-back, North America', [{ kind: 'network', tone: 'ringback', ms: 9000 }]),
  nobody('busy, North America', [{ kind: 'network', tone: 'busy', ms: 9000 }]),
  nobody('ring-back, Europe', cadence([425], 1000, 4000, 2)),
  nobody('keys', [pause(700), { kind: 'keys', digits: '159#' }]),
  nobody('music, piano', [{ kind: 'music', tune: 'piano', ms: 9000 }]),
  nobody('music, strings', [{ kind: 'music', tune: 'strings', ms: 9000 }]),

  nobody('strong noise', [], ['white', 12]),
  nobody('noise of a room', [], ['room', 15]),
  nobody('hum', [], ['hum', 16]),
  nobody('congestion, North America', [{ kind: 'network', tone: 'reorder', ms: 9000 }]),
  nobody('ring-back, Australia', [
    ...cadence([400, 425, 450], 400, 200, 2),
    pause(1800),
    ...cadence([400, 425, 450], 400, 200, 2),
  ]),
  nobody('ring-back, United Kingdom', [...cadence([400, 450], 400, 200, 2), pause(1800), ...cadence([400, 450], 400, 200, 2)]),
  nobody('busy, Europe', cadence([425], 500, 500, 8)),
  nobody('dial tone', [{ kind: 'tones', hz: [350, 440], ms: 9000, peak: 3000 }]),
  nobody('many keys', [{ kind: 'keys', digits: '1234567890*#' }]),
  nobody('a long key', [{ kind: 'tones', hz: [770, 1336], ms: 2500, peak: 4000 }]),
  nobody('music, band', [{ kind: 'music', tune: 'band', ms: 9000 }]),
  nobody('music, bells', [{ kind: 'music', tune: 'bell', ms: 9000 }]),
];
