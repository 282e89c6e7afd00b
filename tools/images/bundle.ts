import { basename } from "node:path";
import { build } from "esbuild";
import { messageOf } from "@clauderon/base";

/** Bundled CommonJS packages call `require`, which an ES module does not have. */
const BANNER = [
  "#!/usr/bin/env node",
  'import{createRequire as __createRequire}from"node:module";const require=__createRequire(import.meta.url);',
].join("\n");

/** The program's file, to be run by Node or as it is. */
export const PROGRAM_FILE = "main.mjs";

/** A file of a bundled program, to lie beside the others. */
export interface BundledFile {
  readonly name: string;
  readonly contents: Uint8Array;
}

/**
 * Bundles a program with all it imports into ES modules for Node 24, the first of which is PROGRAM_FILE; what it imports
 * later is in separate files, so that a command does not wait for what it does not need. The same sources give the same bytes.
 * Names stay readable, for stack traces in logs. Throws with esbuild's messages when something cannot be resolved.
 */
export async function bundleProgram(root: string, entry: string): Promise<readonly BundledFile[]> {
  const result = await build({
    absWorkingDir: root,
    entryPoints: [{ in: entry, out: basename(PROGRAM_FILE, ".mjs") }],
    outdir: ".",
    outExtension: { ".js": ".mjs" },
    bundle: true,
    splitting: true,
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
  const files = result.outputFiles.map(({ path, contents }) => ({ name: basename(path), contents }));
  return files.toSorted((a, b) => Number(b.name === PROGRAM_FILE) - Number(a.name === PROGRAM_FILE));
}
