export class AudioFileError extends Error {
  override readonly name = 'AudioFileError';
}
