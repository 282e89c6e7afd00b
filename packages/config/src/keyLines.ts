/**
 * The line of every table and key in a TOML text that was parsed without an error, by its dotted path, such as
 * `kubernetes.namespace`. The content of an inline table has the line of that table's key.
 */
export function keyLines(toml: string): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  let [at, line, table]: [number, number, readonly string[]] = [0, 1, []];
  while (at < toml.length) {
    const end = statementEnd(toml, at);
    const statement = toml.slice(at, end);
    const [, header] = /^\s*\[\[?([^\]]*)\]/.exec(statement) ?? [];
    const path = header === undefined ? [...table, ...keyParts(statement)] : keyParts(header);
    if (header !== undefined) table = path;
    if (/^\s*[^#\s]/.test(statement) && !lines.has(path.join("."))) lines.set(path.join("."), line);
    line += statement.split("\n").length - 1;
    at = end;
  }
  return lines;
}

/** The names of a dotted key, up to its `=`. */
function keyParts(text: string): readonly string[] {
  const parts: string[] = [];
  const part = /\s*(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([\w-]+))\s*(\.?)/y;
  for (let found = part.exec(text); found !== null; found = part.exec(text)) {
    parts.push(found[1] ?? found[2] ?? found[3] ?? "");
    if (found[4] === "") break;
  }
  return parts;
}

/** Strings, comments, brackets and line ends: all that decides where a statement ends. */
const TOKEN = /"""[^]*?"""|'''[^]*?'''|"(?:[^"\\\n]|\\.)*"|'[^'\n]*'|#[^\n]*|[[\]{}]|\n/g;

/** The offset after the line in which the statement that begins here is complete. */
function statementEnd(toml: string, from: number): number {
  let depth = 0;
  TOKEN.lastIndex = from;
  for (let token = TOKEN.exec(toml); token !== null; token = TOKEN.exec(toml)) {
    if ("[{".includes(token[0])) depth += 1;
    else if ("]}".includes(token[0])) depth -= 1;
    else if (token[0] === "\n" && depth <= 0) return TOKEN.lastIndex;
  }
  return toml.length;
}
