import type { Failure, LoadReport } from './load.ts';
import { besidesStartOfTraefik } from './row.ts';

// What a starting Traefik answers is let pass in some rows; a node that goes on answering so must not pass with it.

const figures = { requests: 100, p50: 1, p99: 1, max: 1 };

function reportOf(statuses: readonly number[]): LoadReport {
  const failure = (status: number): Failure => ({
    atMs: 0,
    endMs: 1,
    status,
    error: '',
    origin: '203.0.113.11:80',
    url: 'http://api.example/',
  });
  const rest = { secondTries: 0, replays: 0, origins: {}, versions: {}, acknowledged: [] };
  const visitors = { ...figures, ...rest, failed: statuses.length, failures: statuses.map(failure) };
  return { beganMs: 0, endedMs: 1, all: figures, streams: { visitors } };
}

test('some 404 of one node pass, every other answer is told', () => {
  expect(besidesStartOfTraefik(reportOf([404, 404, 502]))).toEqual([
    '1 x http://api.example/: 502 from 203.0.113.11:80',
  ]);
});

test('a node that answers 404 for longer than a start is told', () => {
  expect(besidesStartOfTraefik(reportOf(Array(36).fill(404)))).toEqual([
    '36 x http://api.example/: 404 from 203.0.113.11:80',
  ]);
});
