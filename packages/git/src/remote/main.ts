import { Socket } from "node:net";
import { Fault, FAULTS, faultText } from "@clauderon/base/fault";
import { readRemoteConfig } from "./config.ts";
import { runRemoteHelper } from "./remoteHelper.ts";

/** Whoever types the helper's name finds out what it is for. */
const USAGE = "git calls this for URLs like clauderon::NAME: git fetch clauderon::NAME";

async function main(): Promise<number> {
  const [, url] = process.argv.slice(2);
  try {
    if (url === undefined) throw new Fault("USAGE", "The URL is missing", { hint: USAGE });
    // Node would write to a pipe synchronously, and a git that writes at the same time would wait for ever.
    const output = new Socket({ fd: 1, readable: false, writable: true });
    await runRemoteHelper(url, { input: process.stdin, output }, readRemoteConfig());
    return 0;
  } catch (thrown) {
    if (isGoneReader(thrown)) return 1;
    process.stderr.write(`${thrown instanceof Fault ? faultText(thrown) : String((thrown as Error).stack)}\n`);
    return thrown instanceof Fault ? FAULTS[thrown.code].exit : 1;
  }
}

/** The local git has gone, and has said why. */
const isGoneReader = (thrown: unknown) => (thrown as NodeJS.ErrnoException).code === "EPIPE";

process.exit(await main());
