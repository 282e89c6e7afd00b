/** A number and what it counts: `1 file`, `3 files`, `2 repositories`. Give `many` where it is not `one` with an s. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}
