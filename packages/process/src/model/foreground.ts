/**
 * Whether a process may take its terminal over, by its `/proc/<pid>/stat` as proc(5) tells it: its group is the one in the
 * terminal's foreground. Another that tries is stopped.
 */
export function isForeground(stat: string): boolean {
  // The program's name comes first, in parentheses, and may hold any character.
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return group === foreground;
}
