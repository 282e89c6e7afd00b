import type { Setting } from "./foundSettings.ts";

/**
 * The text of a git-config(1) file with these settings, in this order. A key has a section, perhaps a subsection, and a
 * name.
 */
export function configText(settings: readonly Setting[]): string {
  return settings.map(({ key, value }) => `${header(key)}${nameOf(key)} = ${quoted(value)}\n`).join("");
}

function header(key: string): string {
  const [first, last] = [key.indexOf("."), key.lastIndexOf(".")];
  const section = key.slice(0, first);
  return first === last ? `[${section}]\n\t` : `[${section} ${quoted(key.slice(first + 1, last))}]\n\t`;
}

const nameOf = (key: string) => key.slice(key.lastIndexOf(".") + 1);

const quoted = (text: string) => `"${text.replaceAll(/["\\]/g, String.raw`\$&`).replaceAll("\n", String.raw`\n`)}"`;
