/**
 * Name of the lab: the beginning of the names of everything it makes on this machine, so that several labs can run side
 * by side, each with its own HONEYDUE_LAB. Short, as kernel names are.
 */
export const LAB = process.env.HONEYDUE_LAB ?? 'hdl';

if (!/^[a-z][a-z0-9]{0,5}$/.test(LAB)) {
  throw new Error(`HONEYDUE_LAB is "${LAB}"; a name has at most 6 lower-case letters and digits`);
}
// The shell scripts read it too.
process.env.HONEYDUE_LAB = LAB;

/** Whether a network namespace belongs to this lab. */
export const isOurs = (namespace: string): boolean => namespace === LAB || namespace.startsWith(`${LAB}-`);
