import type { Invariant } from '../invariant.ts';
import { fieldInvariants } from './fields.ts';

/** Every invariant. docs/controls.md names them. */
export const invariants: readonly Invariant[] = [...fieldInvariants];
