import { closest, distance } from 'fastest-levenshtein';

/**
 * The known word that was probably meant, whatever its case. A misspelling is at most a third of the word away,
 * or two letters swapped; anything farther is another word.
 */
export function meant(word: string, known: readonly string[]): string | undefined {
  if (known.length === 0) return undefined;
  const typed = word.toLowerCase();
  const best = closest(
    typed,
    known.map((k) => k.toLowerCase()),
  );
  const steps = distance(typed, best);
  if (steps >= word.length || steps > Math.max(2, Math.ceil(best.length / 3))) return undefined;
  return known.find((k) => k.toLowerCase() === best);
}
