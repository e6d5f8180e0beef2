/** The one account that may log in. It has sudo. */
export const loginUser = 'deploy';
