/**
 * Whether a process is in the foreground of its terminal, by its `/proc/<pid>/stat` (see proc(5)): its group is the
 * terminal's foreground group. The system stops any other process that uses the terminal.
 */
export function isForeground(stat: string): boolean {
  // The program's name comes first, in parentheses, and may hold any character.
  const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return group === foreground;
}
