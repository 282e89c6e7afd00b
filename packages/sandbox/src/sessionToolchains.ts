import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { findToolchains, VERSION_FILES } from "./model/toolchains.ts";

/**
 * Variables by which the toolchains of the user's home work for a program whose HOME is another folder. Files by which the
 * user chose versions are copied to that folder, unless it has them.
 */
export function sessionToolchains(
  environment: Readonly<Record<string, string | undefined>>,
  home: string,
): Readonly<Record<string, string>> {
  const { HOME: own } = environment;
  for (const name of own === undefined || own === "" ? [] : VERSION_FILES)
    tryCopy(join(own ?? "", name), join(home, name));
  return findToolchains(environment, existsSync).variables;
}

/** The copy may be the agent's by now, or a link of the agent's: `wx` writes only what is new. */
function tryCopy(from: string, to: string): void {
  try {
    writeFileSync(to, readFileSync(from), { flag: "wx" });
  } catch (thrown) {
    const { code } = thrown as NodeJS.ErrnoException;
    if (code !== "EEXIST" && code !== "ENOENT" && code !== "EACCES" && code !== "EISDIR") throw thrown;
  }
}
