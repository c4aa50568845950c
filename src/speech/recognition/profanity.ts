/** Words that are masked on request, where the engine has no filter of its own for them. English, with their usual endings. */
const OBSCENE =
  /\b(?:arse|ass)(?:hole)?s?\b|\b(?:mother)?fuck\w*|\bshit\w*|\bbullshit\w*|\bbitch\w*|\bcunts?\b|\bbastards?\b|\bdick(?:head)?s?\b|\bcocksucker\w*|\bpiss(?:ed|ing|er)?\b|\bwhores?\b|\bwank\w*/giu;

/** Masks obscene words but for their first letter: `s***`. */
export const maskProfanity = (text: string): string =>
  text.replaceAll(OBSCENE, (word) => (word[0] ?? '') + '*'.repeat(Math.max(0, word.length - 1)));
