import { createReadStream, lstatSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { openPlainFile } from "@clauderon/files";
import { RUNNER_OUTPUT_FILE, RUNNER_OUTPUT_FOLDER } from "@clauderon/protocol/wire";

/** Terminal output of a session that its runner left on this machine. */
export interface KeptOutput {
  /** Offset of the first byte, counted from the start of the session. */
  readonly start: number;
  bytes(): AsyncIterable<Uint8Array>;
}

/** The output of a session on this machine; undefined when there is none here. */
export function keptOutput(home: string, name: string): KeptOutput | undefined {
  const folder = join(home, "sessions", name, RUNNER_OUTPUT_FOLDER);
  const files = filesIn(folder);
  // Output before a gap would be out of context, so it is left out.
  const gap = files.findLastIndex(({ end }, index) => end !== (files[index + 1]?.start ?? end));
  const joined = files.slice(gap + 1);
  const [first] = joined;
  return first === undefined ? undefined : { start: first.start, bytes: () => contentOf(joined) };
}

interface OutputFile {
  readonly path: string;
  readonly start: number;
  readonly end: number;
}

function filesIn(folder: string): readonly OutputFile[] {
  try {
    return readdirSync(folder)
      .toSorted()
      .flatMap((name) => {
        const start = Number(RUNNER_OUTPUT_FILE.exec(name)?.[1] ?? Number.NaN);
        const path = join(folder, name);
        const file = lstatSync(path);
        // The agent can put any file under any name here.
        return Number.isNaN(start) || !file.isFile() ? [] : [{ path, start, end: start + file.size }];
      });
  } catch {
    return [];
  }
}

async function* contentOf(files: readonly OutputFile[]): AsyncIterable<Uint8Array> {
  for (const { path } of files) {
    const fd = openPlainFile(path);
    if (fd !== undefined) yield* createReadStream(path, { fd }) as AsyncIterable<Buffer>;
  }
}
