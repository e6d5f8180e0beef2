import {
  type AppName,
  appImage,
  appVersion,
  PROBE_IMAGE,
  REDIS_IMAGE,
  TAGS,
  type Tag,
  TRAEFIK_IMAGE,
  VMAGENT_IMAGE,
} from '../names.ts';
import type { ImageConfig } from './layout.ts';
import type { RootFs } from './rootfs.ts';

/** Programs on this machine that go into images. */
export interface Ingredients {
  /** Folder with the stand-ins: api, worker, admin, probe. */
  readonly programs: string;
  readonly traefik: string;
  readonly vmagent: string;
  readonly busybox: string;
  /** Folder with redis-server, redis-cli and the tools beside them. */
  readonly redisFolder: string;
  /** The lab's certificate authority, PEM. */
  readonly authority: string;
}

/** How one layer is filled, and which images are made of it. */
export interface Recipe {
  readonly name: string;
  /** Files that it is made of, beside its own text: their contents are part of the cache key. */
  readonly sources: readonly string[];
  readonly fill: (root: RootFs) => Promise<void>;
  readonly images: Readonly<Record<string, ImageConfig>>;
}

const REDIS_TOOLS = ['redis-server', 'redis-cli', 'redis-benchmark', 'redis-check-aof', 'redis-check-rdb'];

/** As the official image's, without its step down from root: pods run as an unprivileged user. */
const REDIS_ENTRYPOINT = `#!/bin/sh
set -e
if [ "\${1#-}" != "$1" ] || [ "\${1%.conf}" != "$1" ]; then
  set -- redis-server "$@"
fi
exec "$@"
`;

const TRAEFIK_ENTRYPOINT = `#!/bin/sh
set -e
if [ "\${1#-}" != "$1" ]; then
  set -- traefik "$@"
fi
if traefik "$1" --help >/dev/null 2>&1; then
  set -- traefik "$@"
fi
exec "$@"
`;

const APP_PORTS: Readonly<Record<AppName, number>> = { api: 8000, worker: 6060, admin: 3000 };

const TAG_ENV: Readonly<Record<Tag, Readonly<Record<string, string>>>> = {
  old: {},
  next: {},
  slow: { LAB_START_SECONDS: '60' },
  broken: { LAB_FAULT: 'never-ready' },
};

function app(name: AppName, from: Ingredients): Recipe {
  const program = `${from.programs}/${name}`;
  const image = (tag: Tag): [string, ImageConfig] => [
    appImage(name, tag),
    {
      entrypoint: [`/app/${name}`],
      user: '10001:10001',
      ports: [APP_PORTS[name]],
      env: { LAB_VERSION: appVersion(name, tag), ...TAG_ENV[tag] },
    },
  ];
  return {
    name,
    sources: [program],
    fill: async (root) => {
      await root.base(from.authority);
      await root.program(program, `/app/${name}`);
    },
    images: Object.fromEntries(TAGS.map(image)),
  };
}

function redis(from: Ingredients): Recipe {
  const tools = REDIS_TOOLS.map((tool) => `${from.redisFolder}/${tool}`);
  return {
    name: 'redis',
    sources: [...tools, from.busybox],
    fill: async (root) => {
      await root.base(from.authority);
      await root.busybox(from.busybox);
      for (const tool of REDIS_TOOLS)
        await root.program(`${from.redisFolder}/${tool}`, `/usr/local/bin/${tool}`);
      await root.file('/usr/local/bin/docker-entrypoint.sh', REDIS_ENTRYPOINT, 0o755);
      await root.folder('/data', 0o777);
    },
    images: {
      [REDIS_IMAGE]: {
        entrypoint: ['docker-entrypoint.sh'],
        cmd: ['redis-server'],
        workingDir: '/data',
        ports: [6379],
      },
    },
  };
}

function traefik(from: Ingredients): Recipe {
  return {
    name: 'traefik',
    sources: [from.traefik, from.busybox],
    fill: async (root) => {
      await root.base(from.authority);
      await root.busybox(from.busybox);
      await root.program(from.traefik, '/usr/local/bin/traefik');
      await root.file('/entrypoint.sh', TRAEFIK_ENTRYPOINT, 0o755);
    },
    images: { [TRAEFIK_IMAGE]: { entrypoint: ['/entrypoint.sh'], cmd: ['traefik'], ports: [80] } },
  };
}

function vmagent(from: Ingredients): Recipe {
  return {
    name: 'vmagent',
    sources: [from.vmagent, from.busybox],
    fill: async (root) => {
      await root.base(from.authority);
      await root.busybox(from.busybox);
      await root.program(from.vmagent, '/vmagent-prod');
    },
    images: { [VMAGENT_IMAGE]: { entrypoint: ['/vmagent-prod'], ports: [8429] } },
  };
}

function probe(from: Ingredients): Recipe {
  const program = `${from.programs}/probe`;
  return {
    name: 'probe',
    sources: [program, from.busybox],
    fill: async (root) => {
      await root.base(from.authority);
      await root.busybox(from.busybox);
      await root.program(program, '/usr/local/bin/probe');
    },
    images: { [PROBE_IMAGE]: { entrypoint: ['probe'], user: '10001:10001' } },
  };
}

/** Every image of the lab's registry. */
export function recipes(from: Ingredients): Recipe[] {
  const apps = (Object.keys(APP_PORTS) as AppName[]).map((name) => app(name, from));
  return [...apps, redis(from), traefik(from), vmagent(from), probe(from)];
}
