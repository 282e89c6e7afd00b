/**
 * `node tools/generate.ts` writes what is made from other sources: the chart's CRDs and docs/kinds from packages/kinds,
 * docs/cli.md from packages/cli, docs/configuration.md from packages/config.
 * `--check` writes nothing and fails, naming the file, when one is not as its source makes it.
 */
import { join } from "node:path";
import { findDrift, generatedFiles, writeFiles } from "./generate/generatedFiles.ts";

const ROOT = join(import.meta.dirname, "..");
const files = await generatedFiles(ROOT);

if (process.argv.includes("--check")) {
  const drift = await findDrift(ROOT, files);
  for (const problem of drift) console.error(problem);
  if (drift.length > 0) {
    console.error("Run: npm run generate");
    process.exitCode = 1;
  }
} else {
  await writeFiles(ROOT, files);
}
