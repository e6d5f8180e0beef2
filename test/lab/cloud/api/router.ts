import { ApiError } from './errors.ts';
import type { Method, Operation } from './operation.ts';

export interface Match {
  operation: Operation;
  params: Record<string, string>;
}

interface Route {
  segments: string[];
  operation: Operation;
}

/** Finds the operation for a method and a path below /v1. */
export type Router = (method: string, path: string) => Match;

/**
 * Builds a router over a table of operations. Fixed segments win over parameters, so `/servers/actions` is never
 * read as a server's id.
 * @throws ApiError `not_found` for an unknown path, `method_not_allowed` for a known path with another method
 */
export function buildRouter(operations: readonly Operation[]): Router {
  const routes: Route[] = operations
    .map((operation) => ({ segments: operation.path.split('/').slice(1), operation }))
    .toSorted((left, right) => parameterCount(left) - parameterCount(right));
  return (method, path) => {
    const segments = path.split('/').slice(1);
    const found = routes.flatMap((route) => match(route, segments));
    const hit = found.find(({ operation }) => operation.method === (method as Method));
    if (hit) return hit;
    if (found.length > 0) throw new ApiError('method_not_allowed', `${method} is not allowed on ${path}`);
    throw new ApiError('not_found', `the lab's cloud emulator has no path ${path}`);
  };
}

function match(route: Route, segments: readonly string[]): Match[] {
  if (route.segments.length !== segments.length) return [];
  const params: Record<string, string> = {};
  for (const [index, expected] of route.segments.entries()) {
    const actual = segments[index] ?? '';
    if (expected.startsWith('{')) params[expected.slice(1, -1)] = decodeURIComponent(actual);
    else if (expected !== actual) return [];
  }
  return [{ operation: route.operation, params }];
}

function parameterCount(route: Route): number {
  return route.segments.filter((segment) => segment.startsWith('{')).length;
}
