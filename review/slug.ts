import { type Impact, impacts } from './impact.ts';

/** A class in one word, for a command line: `loses-data`, `refused`. */
export function slug(impact: Impact): string {
  return impact === 'refused by the API' ? 'refused' : impact.replaceAll(' ', '-');
}

/** The class of that word; undefined for none. */
export function impactOf(word: string): Impact | undefined {
  return impacts.find((impact) => slug(impact) === word || impact === word);
}
