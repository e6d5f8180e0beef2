/** The one account that may log in. It has sudo. */
export const loginUser = 'deploy';

/** Bits; sshd refuses shorter RSA keys. */
export const smallestRSAKey = 3072;
