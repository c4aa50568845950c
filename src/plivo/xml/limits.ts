/** A call ends after a day whatever else is said (voice-xml.md §12): no wait of a document can be longer. */
export const LONGEST_CALL_S = 86_400;
