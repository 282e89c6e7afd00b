import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

/** Names of files, one character for each byte: "\xe9" is é in Latin-1, and no UTF-8. */
export const ODD_NAMES: readonly string[] = [
  "caf\xe9",
  "caf\xc3\xa9",
  "new\nline",
  "tab\t",
  "-dash",
  "--all",
  ":(top)magic",
  'quote"\\',
  " lead",
  "trail ",
  "Case",
  "case",
  `${"x".repeat(254)}\xe9`,
];

/** The path of such a name. */
export const pathOf = (folder: string, name: string): Buffer =>
  Buffer.concat([Buffer.from(`${folder}/`), Buffer.from(name, "latin1")]);

export function writeRaw(folder: string, name: string, text: string): void {
  const path = pathOf(folder, name);
  mkdirSync(pathOf(folder, dirname(name)), { recursive: true });
  writeFileSync(path, Buffer.from(text, "latin1"));
}
