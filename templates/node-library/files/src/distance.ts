/** How many characters must be added, taken away or replaced to make one word of the other (Levenshtein). */
export function distance(one: string, other: string): number {
  const from = [...one];
  const to = [...other];
  let row = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (const [line, character] of from.entries()) {
    const next = [line + 1];
    for (const [column, wanted] of to.entries()) {
      const replaced = row[column]! + (character === wanted ? 0 : 1);
      next.push(Math.min(replaced, row[column + 1]! + 1, next[column]! + 1));
    }
    row = next;
  }
  return row[to.length]!;
}
