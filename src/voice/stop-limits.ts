/** How long each step of the end of calls may take when the program stops, ms. The grace period of calls comes on top. */

/** One statement takes milliseconds, also behind others. A database that is away is not waited for. */
export const STOP_WRITE_MS = 2_000;
/** A trunk that answers does so within this; one that does not forgets us by itself. */
export const STOP_TRUNKS_MS = 1_000;
/** The stack gives its last BYEs two seconds to be answered. */
export const STOP_STACK_MS = 2_500;
/** Files of recordings are closed: a slow disk takes a moment. */
export const STOP_MEDIA_MS = 3_000;
/** The phones' stack, too, waits for its last answers. */
export const STOP_PHONES_MS = 3_000;
/** Requests under way are broken off; the process of the speech engine is killed. */
export const STOP_REQUESTS_MS = 1_000;
