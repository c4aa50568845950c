import type { AudioFileProblem } from './audio-file-error.ts';

interface KnownFormat {
  readonly begin: RegExp;
  readonly problem: AudioFileProblem;
  readonly message: string;
}

const unsupported = (begin: RegExp, name: string): KnownFormat => ({
  begin,
  problem: 'unsupported',
  message: `The file is ${name}, use WAV or MP3`,
});

/** Beginnings of what people give as audio although it cannot be played. */
const FORMATS: readonly KnownFormat[] = [
  unsupported(/^OggS/, 'Ogg audio'),
  unsupported(/^fLaC/, 'FLAC audio'),
  unsupported(/^....ftyp/s, 'MP4 or AAC audio'),
  unsupported(/^FORM....AIF/s, 'AIFF audio'),
  unsupported(/^\.snd/, 'Sun audio'),
  unsupported(/^#!AMR/, 'AMR audio'),
  unsupported(/^.E\xdf\xa3/s, 'Matroska or WebM'),
  unsupported(/^\xff[\xf0\xf1\xf8\xf9]/, 'AAC audio'),
  { begin: /^\s*(<!doctype html|<html)/i, problem: 'not-audio', message: 'The server sent a web page instead of audio' },
  { begin: /^\s*(<\?xml|<Response)/, problem: 'not-audio', message: 'The server sent XML instead of audio' },
  { begin: /^\s*[{[]\s*["\]}]/, problem: 'not-audio', message: 'The server sent JSON instead of audio' },
];

/** Bytes that a file is told by. */
const LOOKED_AT = 64;

/** Recognises files that are surely neither WAV nor MP3, to tell better than "not audio" what they are. */
export function otherFormat(bytes: Uint8Array): { readonly problem: AudioFileProblem; readonly message: string } | undefined {
  const begin = String.fromCharCode(...bytes.subarray(0, LOOKED_AT));
  return FORMATS.find((format) => format.begin.test(begin));
}
