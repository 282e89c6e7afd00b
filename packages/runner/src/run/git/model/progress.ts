/** The newest progress line in a piece of git's stderr (`Receiving objects:  45% (9/20)`), if there is one. */
export function lastProgress(text: string): string | undefined {
  const lines = text.split(/[\r\n]/).map((line) => line.replace(/^remote: /, "").trim());
  return lines.findLast((line) => /^[A-Z][a-z ]+: +\d+%/.test(line));
}
