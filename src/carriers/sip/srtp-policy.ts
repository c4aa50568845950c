/**
 * Whether the audio of a leg is encrypted with keys of SDP: never; where the far end offers it; offered to it, in clear where it refuses
 * that; or always, so that a call in clear is refused.
 */
export const srtpPolicies = ['forbidden', 'accepted', 'optional', 'required'] as const;
export type SrtpPolicy = (typeof srtpPolicies)[number];
