import type { LabHost } from '../lab.ts';

/** UFW's words; `prepend`, as a rule that comes later than the one that lets Cloudflare in would do nothing. */
const CLOSED = 'reject proto tcp to any port 80,443';

/** Keeps new connections away from a server: Cloudflare is refused, and turns to the other nodes at once. */
export const closeEdge = (server: LabHost) => server.must(`ufw prepend ${CLOSED}`);

/** Lets Cloudflare in again; nothing happens where it was not kept out. */
export const openEdge = (server: LabHost) => server.must(`ufw delete ${CLOSED}`);
