/** The known word that an unknown one was most likely meant to be; undefined when none is near. */
export function suggest(unknown: string, known: readonly string[]): string | undefined {
  const plain = simplified(unknown);
  const near = known
    .map((word) => ({ word, distance: distance(plain, simplified(word)) }))
    .filter(({ word, distance }) => distance <= Math.max(1, Math.floor(word.length / 3)));
  return near.toSorted((left, right) => left.distance - right.distance)[0]?.word;
}

/** `storageClass`, `storage-class` and `STORAGE_CLASS` are meant alike. */
const simplified = (word: string): string => word.replace(/[-_]/g, "").toLowerCase();

/** Letters to add, drop, change or swap with their neighbour to make one word of the other. */
function distance(from: string, to: string): number {
  let [beforeLast, last]: [number[], number[]] = [[], Array.from({ length: to.length + 1 }, (_, index) => index)];
  for (let row = 1; row <= from.length; row += 1) {
    const current = [row];
    for (let column = 1; column <= to.length; column += 1) {
      const same = from[row - 1] === to[column - 1];
      const swapped = from[row - 1] === to[column - 2] && from[row - 2] === to[column - 1];
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          at(last, column - 1) + (same ? 0 : 1),
          swapped ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[to.length] ?? 0;
}

const at = (line: readonly number[], index: number) => line[index] ?? Number.POSITIVE_INFINITY;
