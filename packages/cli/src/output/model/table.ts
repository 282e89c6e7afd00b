import stringWidth from "fast-string-width";

/** Columns of plain text, two spaces apart, without spaces at the ends of lines. Cells contain no control characters. */
export function formatTable(headings: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [headings, ...rows];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => stringWidth(line[column] ?? ""))));
  return lines
    .map((line) =>
      line
        .map((cell, column) => padded(cell, widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}

/** Names and values below each other; a value of several lines continues under its beginning. */
export function formatFields(fields: readonly (readonly [string, string | undefined])[]): string {
  const known = fields.flatMap(([name, value]) => (value === undefined ? [] : [[`${name}:`, value] as const]));
  const width = Math.max(...known.map(([name]) => name.length)) + 2;
  return known
    .map(([name, value]) => `${name.padEnd(width)}${value.replaceAll("\n", `\n${" ".repeat(width)}`)}`)
    .join("\n");
}

/** Wide characters and emoji take two columns of a terminal. */
const padded = (cell: string, width: number) => cell + " ".repeat(Math.max(0, width - stringWidth(cell)));
