/** Variables that every command reads which talks to the servers, or to their provider. */
export const environment = {
  HCLOUD_TOKEN: 'token of the Hetzner project, with read and write access; provider hetzner only',
  HONEYDUE_SSH_KEY: 'private key to log in with (default: the first of ~/.ssh/id_ed25519, id_ecdsa, id_rsa)',
} as const;
