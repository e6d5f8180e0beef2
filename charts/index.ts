import { App } from 'cdk8s';
import type { Cluster } from '../config/schema.ts';
import { AdminChart } from './admin.ts';
import { ApiChart } from './api.ts';
import { ClusterChart } from './cluster.ts';
import { ConfigChart } from './config.ts';
import { RedisChart } from './redis.ts';
import { SecretsChart } from './secrets.ts';
import { TraefikChart } from './traefik.ts';
import { VmagentChart } from './vmagent.ts';
import { WorkerChart } from './worker.ts';

/** The whole system, one chart a file of dist/. Their numbers are the order in which kubectl applies them. */
export function buildApp(cluster: Cluster): App {
  const app = new App();
  new ClusterChart(app, cluster);
  new TraefikChart(app, cluster);
  new ConfigChart(app, cluster);
  new SecretsChart(app, cluster);
  new RedisChart(app, cluster);
  new ApiChart(app, cluster);
  new WorkerChart(app, cluster);
  new AdminChart(app, cluster);
  new VmagentChart(app, cluster);
  return app;
}
