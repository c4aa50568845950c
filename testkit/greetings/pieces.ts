import type { Piece, Spoken } from './greeting.ts';

const say = (text: string, spoken: Omit<Spoken, 'text'>, gain = 1): Piece => ({ kind: 'say', spoken: { text, ...spoken }, gain });
export const pause = (ms: number): Piece => ({ kind: 'pause', ms });
/** A beep as mailboxes have it. */
export const beep = (hz: number, ms: number, peak = 6000): Piece => ({ kind: 'tones', hz: [hz], ms, peak });
export { say };

type Manner = Partial<Pick<Spoken, 'rate' | 'pitch' | 'language'>>;
const voice =
  (name: string, gender: Spoken['gender'], language?: string) =>
  (manner: Manner = {}): Omit<Spoken, 'text'> => ({
    voice: name,
    gender,
    ...(language !== undefined && { language }),
    ...manner,
  });

/** Speakers of the greetings, by the names of the voices. */
export const speakers = {
  joanna: voice('Joanna', 'female'),
  salli: voice('Salli', 'female'),
  kendra: voice('Kendra', 'female'),
  kimberly: voice('Kimberly', 'female'),
  ivy: voice('Ivy', 'female'),
  matthew: voice('Matthew', 'male'),
  justin: voice('Justin', 'male'),
  joey: voice('Joey', 'male'),
  amy: voice('Amy', 'female', 'en-GB'),
  brian: voice('Brian', 'male', 'en-GB'),
  vicki: voice('Vicki', 'female', 'de-DE'),
  hans: voice('Hans', 'male', 'de-DE'),
  lea: voice('Lea', 'female', 'fr-FR'),
  mathieu: voice('Mathieu', 'male', 'fr-FR'),
  conchita: voice('Conchita', 'female', 'es-ES'),
  enrique: voice('Enrique', 'male', 'es-ES'),
  carla: voice('Carla', 'female', 'it-IT'),
  giorgio: voice('Giorgio', 'male', 'it-IT'),
  vitoria: voice('Vitoria', 'female', 'pt-BR'),
  ricardo: voice('Ricardo', 'male', 'pt-BR'),
  ewa: voice('Ewa', 'female', 'pl-PL'),
  maxim: voice('Maxim', 'male', 'ru-RU'),
  lotte: voice('Lotte', 'female', 'nl-NL'),
  filiz: voice('Filiz', 'female', 'tr-TR'),
} as const;
