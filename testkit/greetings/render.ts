import { decodeMulaw, encodeMulaw } from '../../src/media/codecs/g711.ts';
import { dialSteps, dtmfSource } from '../../src/media/dtmf/generator.ts';
import { Resampler } from '../../src/media/resampling/resampler.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { EspeakSynthesizer } from '../../src/speech/espeak.ts';
import { callProgressSource, join, mix, noise, rms, scaled, seededRandom, silence, sine, speechLike } from '../audio.ts';
import { type Background, type Greeting, type Piece, type Spoken, speechContent, type Tune } from './greeting.ts';

const RATE = 8000;
/** Level that every voice is brought to: -22 dBov, as ITU-T P.56 asks for telephone speech to be near -26 to -20. */
const SPEECH_RMS = 2600;
/** What of an answer is made: the usual detection window and some more. */
const LENGTH_MS = 6_000;

/** Turns greetings into audio. Deterministic: the same greetings in the same order are
 * the same samples wherever the same engine speaks them; its state goes on from text to text. */
export class GreetingRenderer {
  readonly #engine = new EspeakSynthesizer({ clock: systemClock });
  readonly #spoken = new Map<string, Promise<Int16Array>>();

  /** 8 kHz, as it comes out of a mu-law line. */
  async render(greeting: Greeting): Promise<Int16Array> {
    const pieces: Int16Array[] = [];
    for (const piece of greeting.pieces) pieces.push(await this.#piece(piece));
    const whole = join(...pieces, silence(RATE, LENGTH_MS)).subarray(0, (RATE * LENGTH_MS) / 1000);
    const { background } = greeting;
    const level = background ? SPEECH_RMS / 10 ** (background.below / 20) : 0;
    const sound = background ? mix(whole, atRms(noiseOf(background.kind, LENGTH_MS, seedOf(greeting.name)), level)) : whole;
    const octets = new Uint8Array(sound.length);
    encodeMulaw(sound, octets, 0);
    const heard = new Int16Array(sound.length);
    decodeMulaw(octets, 0, octets.length, heard);
    return heard;
  }

  close(): Promise<void> {
    return this.#engine.close();
  }

  async #piece(piece: Piece): Promise<Int16Array> {
    switch (piece.kind) {
      case 'pause':
        return silence(RATE, piece.ms);
      case 'say':
        return scaled(await this.#say(piece.spoken), piece.gain);
      case 'tones':
        return scaled(mix(...piece.hz.map((hz) => sine(RATE, hz, piece.ms, piece.peak))), 1);
      case 'keys': {
        const pcm = silence(RATE, piece.digits.length * 200);
        dtmfSource(RATE, dialSteps(piece.digits) ?? []).read(pcm);
        return pcm;
      }
      case 'network': {
        const pcm = silence(RATE, piece.ms);
        callProgressSource(RATE, piece.tone).read(pcm);
        return pcm;
      }
      case 'music':
        return atRms(music(piece.tune, piece.ms), SPEECH_RMS);
    }
  }

  #say(spoken: Spoken): Promise<Int16Array> {
    const key = JSON.stringify(spoken);
    let pcm = this.#spoken.get(key);
    if (!pcm) {
      pcm = this.#synthesize(spoken);
      this.#spoken.set(key, pcm);
    }
    return pcm;
  }

  async #synthesize(spoken: Spoken): Promise<Int16Array> {
    const { language = 'en-US', voice, gender } = spoken;
    const request = { content: speechContent(spoken), voice: { name: voice, gender }, language };
    const audio = await this.#engine.synthesize(request, new AbortController().signal);
    const resampler = new Resampler(audio.sampleRate, RATE, 'aligned');
    const out = new Int16Array(Math.ceil((audio.pcm.length * RATE) / audio.sampleRate) + RATE);
    let length = resampler.process(audio.pcm, out);
    length += resampler.process(new Int16Array(resampler.tailLength), out.subarray(length));
    return atRms(out.subarray(0, length), SPEECH_RMS);
  }
}

/** Brings what sounds of a signal to a level; its pauses do not count. */
function atRms(signal: Int16Array, level: number): Int16Array {
  const loud = signal.filter((sample) => Math.abs(sample) > 100);
  return scaled(signal, level / Math.max(1, rms(loud)));
}

const seedOf = (name: string): number => [...name].reduce((seed, letter) => (seed * 31 + letter.charCodeAt(0)) % 65_521, 7);

function noiseOf(kind: Background, ms: number, seed: number): Int16Array {
  switch (kind) {
    case 'white':
      return noise(RATE, ms, 3000, seed);
    case 'room':
      return filtered(noise(RATE, ms, 6000, seed), 0.7);
    case 'street': {
      // Rumble that swells and fades as cars pass.
      const rumble = filtered(noise(RATE, ms, 9000, seed), 0.9);
      return rumble.map((sample, at) => sample * (0.6 + 0.4 * Math.sin((2 * Math.PI * at) / (RATE * 2.3))));
    }
    case 'crowd':
      return mix(...[1, 2, 3, 4, 5, 6].map((voice) => scaled(speechLike(RATE, ms, seed + voice), 0.3)));
    case 'hum':
      return mix(sine(RATE, 60, ms, 3000), sine(RATE, 180, ms, 1200), noise(RATE, ms, 400, seed));
  }
}

/** One-pole low-pass. */
function filtered(signal: Int16Array, pole: number): Int16Array {
  let held = 0;
  return signal.map((sample) => {
    held = pole * held + (1 - pole) * sample;
    return held;
  });
}

const CHORDS = [
  [262, 330, 392],
  [220, 262, 330],
  [175, 220, 262],
  [196, 247, 294],
] as const;

/** Notes of a tune with their harmonics; none is a voice. */
function music(tune: Tune, ms: number): Int16Array {
  const random = seededRandom(tune.length + 3);
  const out = new Float64Array((RATE * ms) / 1000);
  const noteMs = { piano: 300, strings: 1200, band: 240, bell: 600 }[tune];
  const note = Math.round((RATE * noteMs) / 1000);
  for (let start = 0, count = 0; start < out.length; start += note, count++) {
    const chord = CHORDS[Math.floor(count / 4) % CHORDS.length] ?? CHORDS[0];
    const melody = 2 * (chord[Math.floor(random() * chord.length)] ?? 262);
    const tones = tune === 'bell' ? [melody * 2] : tune === 'piano' ? [melody, chord[0]] : [...chord, melody];
    for (const hz of tones) addNote(out, start, tune === 'strings' ? note : 2 * note, hz, tune);
    if (tune === 'band')
      for (let at = start; at < Math.min(out.length, start + 300); at++) out[at] = (out[at] ?? 0) + random() - 0.5;
  }
  const peak = out.reduce((most, value) => Math.max(most, Math.abs(value)), 1e-9);
  return Int16Array.from(out, (value) => (value / peak) * 12_000);
}

function addNote(out: Float64Array, start: number, length: number, hz: number, tune: Tune): void {
  for (let at = 0; at < length && start + at < out.length; at++) {
    const seconds = at / RATE;
    const envelope =
      tune === 'strings'
        ? Math.min(1, seconds * 8, ((length - at) / RATE) * 8)
        : Math.min(1, seconds * 200) * Math.exp(-seconds * 3);
    const vibrato = tune === 'strings' ? 0.4 * Math.sin(2 * Math.PI * 5 * seconds) : 0;
    let sum = 0;
    for (let harmonic = 1; harmonic <= 4; harmonic++) {
      if (hz * harmonic < RATE / 2 - 200)
        sum += Math.sin(2 * Math.PI * hz * harmonic * seconds + vibrato * harmonic) / harmonic ** 1.5;
    }
    out[start + at] = (out[start + at] ?? 0) + envelope * sum;
  }
}
