import { fstatSync } from "node:fs";
import { Socket } from "node:net";
import type { Writable } from "node:stream";
import { Fault, FAULTS, faultText } from "@clauderon/base/fault";
import { readRemoteConfig } from "./config.ts";
import { runRemoteHelper } from "./remoteHelper.ts";

/** Shown to a user who runs the helper by hand. */
const USAGE = "git calls this for URLs like clauderon::NAME: git fetch clauderon::NAME";

async function main(): Promise<number> {
  const [, url] = process.argv.slice(2);
  try {
    if (url === undefined) throw new Fault("USAGE", "The URL is missing", { hint: USAGE });
    await runRemoteHelper(url, { input: process.stdin, output: openOutput() }, readRemoteConfig());
    return 0;
  } catch (thrown) {
    if (isGoneReader(thrown)) return 1;
    process.stderr.write(`${thrown instanceof Fault ? faultText(thrown) : String((thrown as Error).stack)}\n`);
    return thrown instanceof Fault ? FAULTS[thrown.code].exit : 1;
  }
}

/** git's pipe: Node would write to it synchronously, and a git that writes at the same time would wait forever. */
function openOutput(): Writable {
  const stat = fstatSync(1);
  return stat.isFIFO() || stat.isSocket() ? new Socket({ fd: 1, readable: false, writable: true }) : process.stdout;
}

/** The local git has ended, and has printed why. */
const isGoneReader = (thrown: unknown) => (thrown as NodeJS.ErrnoException).code === "EPIPE";

process.exit(await main());
