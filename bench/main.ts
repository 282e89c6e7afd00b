/** `npm run bench -- [name…]`: runs the named benches one after the other; without names, all except `pod`. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

const LOCAL = ["attach", "create", "echo", "many", "proxy", "work"];
const NAMES = [...LOCAL, "pod"];

async function main(names: readonly string[]): Promise<number> {
  const unknown = names.filter((name) => !NAMES.includes(name));
  if (unknown.length > 0) {
    process.stderr.write(`error: unknown bench ${unknown.join(", ")}; the benches are ${NAMES.join(", ")}\n`);
    return 2;
  }
  // Ctrl-C reaches the bench too, as a process of this terminal; it cleans up, and we wait for that.
  let isInterrupted = false;
  process.on("SIGINT", () => (isInterrupted = true));
  let worst = 0;
  for (const name of names.length === 0 ? LOCAL : names) {
    const child = spawn(process.execPath, [join(import.meta.dirname, `${name}.ts`)], { stdio: "inherit" });
    const forward = () => void child.kill("SIGTERM");
    process.once("SIGTERM", forward);
    const [code] = (await once(child, "exit")) as [number | null];
    process.off("SIGTERM", forward);
    worst = Math.max(worst, code ?? 1);
    if (isInterrupted) return 130;
  }
  return worst;
}

process.exitCode = await main(process.argv.slice(2));
