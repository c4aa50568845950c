import type { WaitElement } from '../../voice/document.ts';
import type { ElementDefinition, ElementReader } from './element.ts';
import { LONGEST_CALL_S } from './limits.ts';

/** Milliseconds, and a level of the beep detector, as `beep="true"` has them. */
const BEEP_DEFAULTS = { duration: 300, inter_silence: 50, intra_silence: 500, threshold: 256 };
const MIN_SILENCE = { initial: 2_000, min: 1, max: LONGEST_CALL_S * 1_000 };

/** Silence for a time, until nobody speaks or until a beep (voice-xml.md §6.3). */
export const wait: ElementDefinition<WaitElement> = {
  name: 'Wait',
  read(element) {
    element.text();
    const lengthMs = element.seconds('length', { initial: 1, min: 1, max: LONGEST_CALL_S });
    const silence = element.boolean('silence', false);
    const minSilenceMs = silence ? minSilence(element, lengthMs) : undefined;
    const beep = beepOf(element);
    if (silence && beep) element.note('ignores beep: it waits for silence');
    return { element: 'Wait', lengthMs, minSilenceMs, beep: silence ? undefined : beep };
  },
};

/** One SDK writes `min_silence`. As much silence as the wait is long, or more, ends nothing early. */
function minSilence(element: ElementReader, lengthMs: number): number | undefined {
  const ms = element.integer(element.value('minSilence') === undefined ? 'min_silence' : 'minSilence', MIN_SILENCE);
  if (ms < lengthMs) return ms;
  element.note(`waits its whole length: that is no longer than the silence of ${ms} ms that would end it`);
  return undefined;
}

/** `true` or `duration=300,inter_silence=50,intra_silence=500,threshold=256`, any of them left out. */
function beepOf(element: ElementReader): WaitElement['beep'] {
  const text = element.value('beep');
  if (text === undefined || text === 'false') return undefined;
  const values = { ...BEEP_DEFAULTS };
  const unusable = text === 'true' ? [] : text.split(',').filter((pair) => !take(values, pair));
  if (unusable.length > 0) element.note(`reads beep="${text.slice(0, 80)}" with defaults where it is not name=number`);
  return {
    durationMs: values.duration,
    interSilenceMs: values.inter_silence,
    intraSilenceMs: values.intra_silence,
    threshold: values.threshold,
  };
}

function take(values: typeof BEEP_DEFAULTS, pair: string): boolean {
  const [, name, number] = /^\s*([a-z_]+)\s*=\s*(\d{1,6})\s*$/.exec(pair) ?? [];
  const value = Number(number);
  if ((name !== 'duration' && name !== 'inter_silence' && name !== 'intra_silence' && name !== 'threshold') || !(value > 0))
    return false;
  values[name] = value;
  return true;
}
