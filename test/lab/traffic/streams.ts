import type { Stream } from './load.ts';
import type { Domains } from './site.ts';

/** Requests a second of each kind of visitor: the rate that the targets are about. */
const RATE = 50;

/** The REST API and the landing page: short requests, one in four takes 50 ms, one in four has a body. */
export function visitors({ api, apex }: Domains): Stream {
  return {
    name: 'visitors',
    rate: RATE,
    targets: [
      { method: 'GET', host: api, path: '/api/health/' },
      { method: 'GET', host: apex, path: '/' },
      { method: 'POST', host: api, path: '/lab/echo', body: '{"task":"water the plants"}' },
      { method: 'GET', host: api, path: '/lab/slow?ms=50' },
    ],
  };
}

export function admins({ admin }: Domains): Stream {
  return { name: 'admins', rate: RATE, targets: [{ method: 'GET', host: admin, path: '/' }] };
}

/** Ten at any moment that take 5 s each: whatever is stopped is stopped in the middle of some. */
export function patient({ api }: Domains): Stream {
  const targets = [{ method: 'GET', host: api, path: '/lab/slow?ms=5000' }] as const;
  return { name: 'patient', rate: 2, background: true, targets };
}

/** Writes to Redis, each acknowledged or not. */
export function writes({ api }: Domains): Stream {
  const targets = [{ method: 'POST', host: api, path: '/lab/writes' }] as const;
  return { name: 'writes', rate: 10, background: true, acknowledged: true, targets };
}

/** Jobs of half a second each, for the worker. */
export function jobs({ api }: Domains): Stream {
  const targets = [{ method: 'POST', host: api, path: '/lab/jobs?ms=500' }] as const;
  return { name: 'jobs', rate: 4, background: true, targets };
}

/** What every change is tried under. */
export const everyday = (domains: Domains): Stream[] => [
  visitors(domains),
  admins(domains),
  patient(domains),
];
