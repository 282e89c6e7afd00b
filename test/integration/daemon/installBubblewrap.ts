import { spawnSync } from "node:child_process";
import { ensureDebianPackages } from "../../kit/cluster/build/debian.ts";

/** Sees to it that bubblewrap works here: it is installed where that can be done, and asked for where it cannot. */
export async function installBubblewrap(): Promise<void> {
  if (!works()) await ensureDebianPackages(["bubblewrap"]);
  if (!works()) throw new Error("Bubblewrap is needed, and user namespaces: apt install bubblewrap");
}

const works = () =>
  spawnSync("bwrap", ["--ro-bind", "/", "/", "--unshare-pid", "--proc", "/proc", "true"]).status === 0;
