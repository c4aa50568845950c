/** What is wrong with an audio file. */
export type AudioFileProblem = 'empty' | 'not-audio' | 'unsupported' | 'broken' | 'too-long';

/** An audio file that cannot be played. The message says why, in words for whoever put it there. */
export class AudioFileError extends Error {
  readonly problem: AudioFileProblem;

  constructor(problem: AudioFileProblem, message: string) {
    super(message);
    this.name = 'AudioFileError';
    this.problem = problem;
  }
}
