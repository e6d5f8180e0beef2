import type { Cluster } from '../../../../config/schema.ts';
import {
  allSecretKeys,
  type SecretKey,
  type SecretName,
  secretKeys,
  secrets,
} from '../../../../config/secrets.ts';
import type { ProdEnv } from '../../secrets/prod-env.ts';
import { Secret } from '../../secrets/secret.ts';

/** A Secret as it should be in the cluster. */
export interface WantedSecret {
  readonly name: SecretName;
  readonly namespace: string;
  readonly type: string;
  /** By the keys of the Secret. Without one, the Secret is not made. */
  readonly values: ReadonlyMap<string, Secret>;
}

/** The Secrets of this deployment with the values of prod.env. */
export function wantedSecrets(cluster: Cluster, prodEnv: ProdEnv): WantedSecret[] {
  const asked = secretKeys(cluster);
  const names = [...new Set(asked.map(({ secret }) => secret))];
  return names.map((name) => ({
    name,
    ...secrets[name],
    values: new Map(
      asked
        .filter(({ secret }) => secret === name)
        .flatMap((key) => {
          const given = prodEnv.values.get(key.name);
          return given ? [[key.key, content(cluster, key, given)] as const] : [];
        }),
    ),
  }));
}

/** What stands under a key: the value itself, but for the pull secret, which is a file of the Docker client's. */
function content({ registry }: Cluster, { secret }: SecretKey, value: Secret): Secret {
  if (secret !== 'gitea-credentials') return value;
  const { host, user: username } = registry;
  const password = value.reveal();
  const auth = Buffer.from(`${username}:${password}`).toString('base64');
  return new Secret(JSON.stringify({ auths: { [host]: { username, password, auth } } }));
}

/**
 * Everything that must never be printed: the values of prod.env, and what is made of them.
 * @returns for a redactor
 */
export function unprintable(prodEnv: ProdEnv, wanted: readonly WantedSecret[]): Secret[] {
  const made = wanted.flatMap(({ values }) => [...values.values()]);
  const auths = made.flatMap((value) => {
    const auth = /"auth":"([^"]+)"/.exec(value.reveal())?.[1];
    return auth === undefined ? [] : [new Secret(auth)];
  });
  return [...prodEnv.values.values(), ...made, ...auths];
}

/** Every key that this project has ever put into a Secret, asked for or not. */
export function knownKeys(name: SecretName): string[] {
  return allSecretKeys.filter(({ secret }) => secret === name).map(({ key }) => key);
}
