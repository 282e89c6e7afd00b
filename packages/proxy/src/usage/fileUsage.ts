import { join } from "node:path";
import { readPlainFile, replaceFile } from "@clauderon/files";
import { parseUsageFile, USAGE_FILE } from "@clauderon/protocol/proxy";
import type { UsageStore } from "./usageBook.ts";

const MAX_BYTES = 4_194_304;

/** Keeps totals in a file of the proxy's folder, which has one proxy. */
export function fileUsage(folder: string): UsageStore {
  const path = join(folder, USAGE_FILE);
  return {
    async change(update) {
      const totals = update(parseUsageFile(readPlainFile(path, MAX_BYTES)?.toString() ?? ""));
      replaceFile(path, `${JSON.stringify(Object.fromEntries(totals), null, 2)}\n`);
    },
  };
}
