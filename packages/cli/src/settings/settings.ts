import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault, messageOf } from "@clauderon/base/fault";
import { type ConfigFlag, type ResolvedConfig, resolveConfig } from "@clauderon/config";
import type { CliConfig } from "../config.ts";

/** Every setting from config.toml, the environment and these flags; CONFIG_INVALID names each mistake and its place. */
export function readSettings(
  { home, environment }: CliConfig,
  flags: Readonly<Record<string, ConfigFlag | undefined>> = {},
): ResolvedConfig {
  const path = join(home, "config.toml");
  const text = tryRead(path);
  return resolveConfig({ flags, environment, file: text === undefined ? undefined : { path, text } });
}

function tryRead(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw new Fault("CONFIG_INVALID", `Cannot read ${path}: ${messageOf(cause)}`, { cause });
  }
}
