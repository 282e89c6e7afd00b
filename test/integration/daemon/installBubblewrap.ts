import { spawnSync } from "node:child_process";

/** Sees to it that bubblewrap works here: it is installed where that can be done, and asked for where it cannot. */
export function installBubblewrap(): void {
  if (!works() && process.getuid?.() === 0) {
    spawnSync("apt-get", ["install", "--yes", "--no-install-recommends", "bubblewrap"], { stdio: "ignore" });
  }
  if (!works()) throw new Error("Bubblewrap is needed, and user namespaces: apt install bubblewrap");
}

const works = () =>
  spawnSync("bwrap", ["--ro-bind", "/", "/", "--unshare-pid", "--proc", "/proc", "true"]).status === 0;
