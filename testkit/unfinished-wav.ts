/** A WAV file whose head still says that it is empty, as a process that died leaves it: 8000 samples a second of 16 bits, silence of `ms`. */
export function unfinishedWav(ms: number): Buffer {
  const head = Buffer.alloc(44);
  head.write('RIFF', 0, 'latin1');
  head.write('WAVEfmt ', 8, 'latin1');
  head.writeUInt32LE(16, 16);
  head.writeUInt32LE(16_000, 28);
  head.write('data', 36, 'latin1');
  return Buffer.concat([head, Buffer.alloc(ms * 16)]);
}
