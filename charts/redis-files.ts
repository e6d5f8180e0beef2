import { ports } from '../config/ports.ts';
import { bytes } from '../config/quantity.ts';
import type { Cluster } from '../config/schema.ts';

/** The files of ConfigMap redis-config. */
export function redisFiles({ workloads }: Cluster): Record<string, string> {
  return {
    'redis.conf': redisConf(bytes(workloads.redis.maxmemory)),
    'start.sh': START,
    'ready.sh': READY,
  };
}

function redisConf(maxmemory: number): string {
  return `port ${ports.redis}
dir /data
tcp-keepalive 60

# Every write goes to disk within a second; after a crash a torn last command is dropped, not the file (R-1).
appendonly yes
appendfsync everysec
aof-load-truncated yes
aof-use-rdb-preamble yes
save ""

# Jobs are queued here: when it is full, writes are refused and nothing is evicted (R-2).
maxmemory ${maxmemory}
maxmemory-policy noeviction
`;
}

/** The password goes in as a hash: no quoting to get wrong, and nothing to read in the process list. */
const START = `#!/bin/sh
set -eu
conf=/run/redis/redis.conf
cat /etc/redis/redis.conf > "$conf"
password=$(cat /etc/redis-password/REDIS_PASSWORD 2>/dev/null || true)
if [ -n "$password" ]; then
  hash=$(printf %s "$password" | sha256sum | cut -d ' ' -f 1)
  printf 'user default reset on sanitize-payload ~* &* +@all #%s\\n' "$hash" >> "$conf"
else
  # Without a password Redis would answer its own host only. The network policy lets api and worker in, nobody else.
  printf 'protected-mode no\\n' >> "$conf"
fi
unset password
exec redis-server "$conf"
`;

/** Ready means PONG: while it loads its file, Redis answers LOADING with exit code 0. */
const READY = `#!/bin/sh
password=$(cat /etc/redis-password/REDIS_PASSWORD 2>/dev/null || true)
[ -z "$password" ] || export REDISCLI_AUTH="$password"
[ "$(redis-cli -p ${ports.redis} ping)" = PONG ]
`;
