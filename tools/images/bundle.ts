import { build } from "esbuild";
import { messageOf } from "@clauderon/base";

/** Bundled CommonJS packages call `require`, which an ES module does not have. */
const BANNER = [
  "#!/usr/bin/env node",
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
].join("\n");

/**
 * Bundles a program with all it imports into one executable ES module for Node 24; the same sources give the same bytes.
 * Names stay readable, for stack traces in logs. Throws with esbuild's messages when something cannot be resolved.
 */
export async function bundleProgram(root: string, entry: string): Promise<Uint8Array> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [entry],
    bundle: true,
    write: false,
    platform: "node",
    target: "node24",
    format: "esm",
    banner: { js: BANNER },
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: "eof",
    logLevel: "silent",
  }).catch((error: unknown) => {
    throw new Error(`Cannot bundle ${entry}: ${messageOf(error)}`, { cause: error });
  });
  const [file] = result.outputFiles;
  if (file === undefined) throw new Error(`Cannot bundle ${entry}: esbuild wrote nothing`);
  return file.contents;
}
