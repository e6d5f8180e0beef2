import { PRODUCTION_HOSTS } from '../lab.ts';
import { withHosts } from '../testing/scenario.ts';
import { edge } from '../traffic/rows/edge.ts';
import { limits } from '../traffic/rows/limits.ts';
import { metrics } from '../traffic/rows/metrics.ts';
import { nodes } from '../traffic/rows/nodes.ts';
import { redis } from '../traffic/rows/redis.ts';
import { rollouts } from '../traffic/rows/rollouts.ts';
import { secrets } from '../traffic/rows/secrets.ts';
import { slowStart } from '../traffic/rows/slow-start.ts';
import { worker } from '../traffic/rows/worker.ts';
import { createSite, type Site } from '../traffic/site.ts';

// The promises of dist/ as figures: one cluster, one row a test, each under the load of visitors. docs/traffic.md shows them.

withHosts(PRODUCTION_HOSTS);

let made: Site;
const site = () => made;

beforeAll(async () => {
  made = await createSite();
}, 900_000);

rollouts(site);
slowStart(site);
edge(site);
secrets(site);
limits(site);
worker(site);
redis(site);
metrics(site);
nodes(site);
