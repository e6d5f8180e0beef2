/** Every port that a workload listens on. UFW, network policies, Services, probes and routes take it from here. */
export const ports = {
  /** The edge: the only ports that are open to the outside, as edge.tls says. */
  http: 80,
  https: 443,
  /** Traefik's health and metrics, bound to the node's address inside the cluster. */
  traefikMetrics: 9100,
  api: 8000,
  admin: 3000,
  /** The worker's health; it publishes no Service. */
  workerHealth: 6060,
  redis: 6379,
  /** vmagent's health and own metrics. */
  vmagent: 8429,
  dns: 53,
} as const;
