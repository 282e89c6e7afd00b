/** A JSON string, or a character that opens, closes or separates. */
const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]/gs;

/**
 * Whether no object in a valid JSON text has two members of one name, at any depth. Parsers differ in which of the two
 * they take, so a decision about one would say nothing about what a server does.
 */
export function hasUniqueMembers(json: string): boolean {
  const objects: (Set<string> | undefined)[] = [];
  let previous = "";
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === "{") objects.push(new Set());
    if (token === "[") objects.push(undefined);
    if (token === "}" || token === "]") objects.pop();
    if (token === ":") {
      const names = objects.at(-1);
      const name: unknown = JSON.parse(previous);
      if (typeof name !== "string" || names === undefined || names.has(name)) return false;
      names.add(name);
    }
    previous = token;
  }
  return true;
}
