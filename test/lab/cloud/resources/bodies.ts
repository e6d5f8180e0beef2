import { z } from 'zod';

/** Labels as requests carry them; their syntax is checked by `checkLabels`. */
export const labelsBody = z.record(z.string(), z.string());

/** An object's name. */
export const nameBody = z.string().min(1).max(64);

/** A reference to another object by id. */
export const idBody = z.int().positive();

/** Renaming and relabelling, which most kinds offer by PUT. Labels replace the whole set. */
export const renameBody = z.strictObject({ name: nameBody.optional(), labels: labelsBody.optional() });

/** Delete protection, which is set by an action. */
export const protectionBody = z.strictObject({ delete: z.boolean().optional() });
