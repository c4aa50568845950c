import { Type } from 'typebox';
import type { Legs } from '../../voice/call-control.ts';

/** Which parties are meant: the call's own, the one that a Dial has connected it with, or both (voice-api.md §4.7). */
export const legs = () => Type.Optional(Type.Union([Type.Literal('aleg'), Type.Literal('bleg'), Type.Literal('both')]));

/** Documentation and SDKs disagree whether it is `leg` or `legs`. */
export const legParameters = { legs: legs(), leg: legs() };

export const readLegs = (given: { readonly legs?: Legs; readonly leg?: Legs }): Legs => given.legs ?? given.leg ?? 'aleg';
