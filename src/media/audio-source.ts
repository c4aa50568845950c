/** Something that sounds: a tone, a file, a synthesised voice. */
export interface AudioSource {
  /**
   * Fills `out` with the next samples and returns how many there were. Fewer than `out.length` means that the source has ended;
   * the rest of `out` is then silence.
   */
  read(out: Int16Array): number;
}
