import { allSecretKeys, type SecretKey } from './secrets.ts';

/** The text of prod.env.example: every name without a value. */
export function prodEnvExample(): string {
  return `# Every secret value of the deployment, by name. Copy to prod.env (mode 0600, never in git) and fill in there.
# Values may be quoted; in double quotes they may run over several lines, as certificates and keys do.
# Generated from config/secrets.ts by npm run generate.

${allSecretKeys.map(entry).join('\n')}`;
}

function entry({ name, purpose, howToGet, readers, required, when }: SecretKey): string {
  const need = `${required ? 'required' : 'optional'}${when ? ` when ${when.text}` : ''}`;
  return `# ${purpose}
# ${need}; read by ${readers.join(', ')}; from: ${howToGet}
${name}=
`;
}
