import { spawnSync } from "node:child_process";

/** Whether bubblewrap works here; it is installed where that can be done. */
export function installBubblewrap(): boolean {
  if (works()) return true;
  if (process.getuid?.() !== 0) return false;
  spawnSync("apt-get", ["install", "--yes", "--no-install-recommends", "bubblewrap"], { stdio: "ignore" });
  return works();
}

const works = () =>
  spawnSync("bwrap", ["--ro-bind", "/", "/", "--unshare-pid", "--proc", "/proc", "true"]).status === 0;
