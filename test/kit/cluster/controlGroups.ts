import { existsSync } from "node:fs";
import { mkdir, readdir, readFile, rmdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const ROOT = "/sys/fs/cgroup";

/** Makes the control group below which the kubelet puts the node's pods, in every hierarchy (cgroup v1) or the one (v2). */
export async function createControlGroup(name: string): Promise<void> {
  if (existsSync(join(ROOT, "cgroup.controllers"))) await passOnControllers();
  for (const hierarchy of await hierarchies()) await mkdir(join(hierarchy, name), { recursive: true });
}

/** The control group's folders and all below them, of every hierarchy. */
export async function readControlGroups(name: string): Promise<readonly string[]> {
  const tops = (await hierarchies()).map((hierarchy) => join(hierarchy, name)).filter((folder) => existsSync(folder));
  return (await Promise.all(tops.map(withAllBelow))).flat();
}

/** Removes an empty control group; undefined while the kernel is not done with what ran in it. */
export async function removeControlGroup(folder: string): Promise<true | undefined> {
  try {
    await rmdir(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "EBUSY") return undefined;
    if (code !== "ENOENT") throw error;
  }
  return true;
}

async function withAllBelow(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch(gone);
  const folders = entries.filter((entry) => entry.isDirectory()).map(({ name }) => join(folder, name));
  return [folder, ...(await Promise.all(folders.map(withAllBelow))).flat()];
}

/** What a pod that ends had is removed meanwhile. */
function gone(error: NodeJS.ErrnoException): [] {
  if (error.code !== "ENOENT") throw error;
  return [];
}

async function hierarchies(): Promise<readonly string[]> {
  if (existsSync(join(ROOT, "cgroup.controllers"))) return [ROOT];
  const entries = await readdir(ROOT, { withFileTypes: true });
  const folders = entries.flatMap((entry) => (entry.isDirectory() ? [join(ROOT, entry.name)] : []));
  return folders.filter((folder) => existsSync(join(folder, "cgroup.procs")));
}

/** In cgroup v2 a group has only the controllers that its parent passes on. */
async function passOnControllers(): Promise<void> {
  const controllers = (await readFile(join(ROOT, "cgroup.controllers"), "utf8")).trim().split(" ");
  for (const controller of controllers.filter((name) => name !== "")) {
    await writeFile(join(ROOT, "cgroup.subtree_control"), `+${controller}`);
  }
}
