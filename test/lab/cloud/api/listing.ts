import type { Labels } from '../state/model.ts';
import { invalidField } from './errors.ts';
import { parseSelector } from './label-selector.ts';
import type { Call, Query, Reply } from './operation.ts';

// The provider's reference, "Pagination": 25 by default, at most 50.
const defaultPerPage = 25;
const maxPerPage = 50;

/** Fields that lists can be filtered by and sorted after; each is used only where the record has it. */
interface Listed {
  id: number;
  name?: string | null;
  labels?: Labels;
}

/**
 * Answers a list: filters by `name` and `label_selector`, sorts, cuts out one page and adds `meta` and `Link`.
 * @param key the list's name in the body, such as `servers`
 */
export function listReply<T extends Listed>(
  call: Call,
  key: string,
  records: readonly T[],
  view: (record: T) => unknown,
): Reply {
  const wanted = filterByLabels(filterByName(records, call.query), call.query);
  const sorted = sortRecords(wanted, call.query.sort ?? []);
  const { slice, pagination } = page(sorted, call.query);
  return {
    status: 200,
    body: { [key]: slice.map(view), meta: { pagination } },
    headers: linkHeader(pagination),
  };
}

/** Keeps the records whose `field` is among the values of the query parameter, when that is given. */
export function filterBy<T>(records: readonly T[], query: Query, field: string, get: (record: T) => unknown) {
  const wanted = query[field];
  return wanted ? records.filter((record) => wanted.includes(String(get(record)))) : [...records];
}

function filterByName<T extends Listed>(records: readonly T[], query: Query): T[] {
  return filterBy(records, query, 'name', (record) => record.name);
}

function filterByLabels<T extends Listed>(records: readonly T[], query: Query): T[] {
  const selector = query.label_selector?.[0];
  if (!selector) return [...records];
  const matches = parseSelector(selector);
  return records.filter((record) => matches(record.labels ?? {}));
}

function sortRecords<T extends Listed>(records: readonly T[], orders: readonly string[]): T[] {
  const keys = orders.map((order) => order.split(':'));
  return records.toSorted((left, right) => {
    for (const [field = 'id', direction] of keys) {
      const difference = compare(read(left, field), read(right, field));
      if (difference !== 0) return direction === 'desc' ? -difference : difference;
    }
    return 0;
  });
}

function read(record: Listed, field: string): unknown {
  return (record as unknown as Record<string, unknown>)[field];
}

function compare(left: unknown, right: unknown): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return String(left).localeCompare(String(right));
}

function page<T>(records: readonly T[], query: Query) {
  const number = positive(query, 'page', 1);
  const perPage = Math.min(maxPerPage, positive(query, 'per_page', defaultPerPage));
  const last = Math.max(1, Math.ceil(records.length / perPage));
  return {
    slice: records.slice((number - 1) * perPage, number * perPage),
    pagination: {
      page: number,
      per_page: perPage,
      previous_page: number > 1 ? number - 1 : null,
      next_page: number < last ? number + 1 : null,
      last_page: last,
      total_entries: records.length,
    },
  };
}

function positive(query: Query, name: string, fallback: number): number {
  const text = query[name]?.[0];
  if (text === undefined) return fallback;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalidField(name, 'must be a positive integer');
  return Number(text);
}

function linkHeader(pagination: ReturnType<typeof page>['pagination']): Record<string, string> {
  const rels = { prev: pagination.previous_page, next: pagination.next_page, last: pagination.last_page };
  const links = Object.entries(rels).flatMap(([rel, number]) =>
    number === null ? [] : [`<?page=${number}&per_page=${pagination.per_page}>; rel="${rel}"`],
  );
  return { Link: links.join(', ') };
}
