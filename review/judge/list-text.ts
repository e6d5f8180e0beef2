/** The first three of a list, and how many more there are. */
export function some(list: readonly string[], separator = ', '): string {
  const rest = list.length - SHOWN;
  // One more takes less room than the words about it.
  if (rest <= 1) return list.join(separator);
  return `${list.slice(0, SHOWN).join(separator)}${separator}and ${rest} more`;
}

const SHOWN = 3;
