import distance from "damerau-levenshtein";

/**
 * The known word that is most like the unknown one; undefined when no word is close. Two swapped letters count as one
 * mistake.
 */
export function suggest(unknown: string, known: readonly string[]): string | undefined {
  const plain = simplified(unknown);
  const near = known
    .map((word) => ({ word, distance: distance(plain, simplified(word)).steps }))
    .filter(({ word, distance }) => distance <= Math.max(1, Math.floor(word.length / 3)));
  return near.toSorted((left, right) => left.distance - right.distance)[0]?.word;
}

/** `storageClass`, `storage-class` and `STORAGE_CLASS` mean the same. */
const simplified = (word: string): string => word.replace(/[-_]/g, "").toLowerCase();
