import { accessSync, constants } from "node:fs";
import { join } from "node:path";
import { cleanText, Fault } from "@clauderon/base";
import { runProcess } from "@clauderon/process";
import { isolationArgs, type SandboxFeatures } from "./model/sandboxArgs.ts";

export interface Sandbox {
  /** The path of bubblewrap. */
  readonly program: string;
  readonly features: Omit<SandboxFeatures, "filter" | "ownNetwork">;
}

/** The best first. An older bubblewrap, or one that is setuid, cannot do all of it. */
const FEATURES: readonly Sandbox["features"][] = [
  { userNamespace: true, lastUserNamespace: true },
  { userNamespace: true, lastUserNamespace: false },
  { userNamespace: false, lastUserNamespace: false },
];

/** Bubblewrap, and what it can do here, by trying; SANDBOX_UNAVAILABLE when it is missing or may not do its work. */
export async function findSandbox(path: string): Promise<Sandbox> {
  const program = path
    .split(":")
    .map((folder) => join(folder, "bwrap"))
    .find(isExecutable);
  if (program === undefined) {
    throw new Fault("SANDBOX_UNAVAILABLE", "Bubblewrap is not installed", {
      hint: "Install it: apt install bubblewrap, or dnf install bubblewrap; or use --no-sandbox",
    });
  }
  let said = "";
  for (const features of FEATURES) {
    const args = [...isolationArgs({ ...features, filter: undefined }), "--ro-bind", "/", "/", "--dev", "/dev"];
    const environment = { PATH: path };
    const tried = await runProcess(program, [...args, "--proc", "/proc", "--", program, "--version"], {
      cwd: "/",
      environment,
    });
    if (tried.code === 0) return { program, features };
    said = tried.stderr;
  }
  throw new Fault("SANDBOX_UNAVAILABLE", `Bubblewrap does not work here: ${cleanText(said, 500).trim()}`, {
    hint: "Let it create user namespaces: see kernel.unprivileged_userns_clone and AppArmor; or use --no-sandbox",
  });
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
