import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { CLAUDERON } from "../../kit/programs.ts";
import { DaemonWorld, POLL } from "./daemonProcess.ts";
import { installBubblewrap } from "./installBubblewrap.ts";
import { SECRETS, ToolchainHome, TOOLS } from "./toolchainHome.ts";

beforeAll(installBubblewrap);

/** A user with every version manager, whose daemon is not started. */
function toolchainUser(): { readonly world: DaemonWorld; readonly home: ToolchainHome } {
  const world = new DaemonWorld();
  const runtime = join(world.folder, "runtime");
  mkdirSync(runtime);
  const home = new ToolchainHome(world.environment["HOME"] ?? "", runtime);
  const path = [...home.folders, world.environment["PATH"]].join(delimiter);
  Object.assign(world.environment, { PATH: path, XDG_RUNTIME_DIR: runtime });
  return { world, home };
}

/** What a script prints as the agent of a session, line by line. */
async function linesOf(world: DaemonWorld, sandbox: boolean, script: string): Promise<readonly string[]> {
  writeFileSync(join(world.repository, "probe.sh"), `${script}\necho probe over\nexec sleep 1000\n`);
  await world.create({ name: "web", sandbox, command: ["/bin/sh", "probe.sh"] });
  await world.until("web", "Running");
  const view = (await world.stream("web")).attach({ mode: "watch", offset: 0 });
  await expect.poll(() => view.text, POLL).toContain("probe over");
  return view.text.split("\r\n");
}

interface Doctor {
  readonly status: number | null;
  readonly findings: Readonly<Record<string, readonly [state: string, message: string]>>;
}

function doctor(world: DaemonWorld): Doctor {
  const { status, stdout } = spawnSync(process.execPath, [CLAUDERON, "doctor", "--sandbox", "--json"], {
    env: { ...world.environment, CLAUDERON_AGENT: "scripted", CLAUDERON_AGENT_COMMAND: "true" },
    encoding: "utf8",
  });
  const { items } = JSON.parse(stdout) as { items: readonly Readonly<Record<"name" | "state" | "message", string>>[] };
  return { status, findings: Object.fromEntries(items.map(({ name, state, message }) => [name, [state, message]])) };
}

describe("toolchains of the user's home", () => {
  it.each([false, true])("work in a session with a home of its own (sandboxed: %s)", async (sandbox) => {
    const { world } = toolchainUser();
    await world.start();
    const lines = await linesOf(world, sandbox, TOOLS.map((tool) => `${tool} --version 2>&1`).join("\n"));
    expect(TOOLS.filter((tool) => !lines.some((line) => line.includes(`${tool} works`)))).toEqual([]);
  });

  it("are read-only in a sandbox, and show no credential that lies beside them", async () => {
    const { world, home } = toolchainUser();
    await world.start();
    const lines = await linesOf(
      world,
      true,
      [
        ...SECRETS.map((path) => `cat ${home.path}/${path} 2>/dev/null && echo "seen: ${path}"`),
        ...home.folders.map((path) => `touch ${path}/x 2>/dev/null && echo "written: ${path}"`),
        `touch ${home.path}/.nvm/x ${home.path}/.rustup/x 2>/dev/null && echo "written: roots"`,
        `cargo --version`,
      ].join("\n"),
    );
    expect(lines.filter((line) => /seen|written/.test(line))).toEqual([]);
    expect(lines).toContain("cargo works");
  });

  it("are reported by doctor --sandbox, each with the reason when it works only outside", () => {
    const { world, home } = toolchainUser();
    const all = doctor(world);
    expect(all.findings["sandbox"]).toEqual(["ok", "works"]);
    for (const tool of TOOLS.filter((name) => name !== "pyenv")) {
      const message = expect.stringMatching(`^${tool} works.*, /`) as unknown;
      expect([tool, all.findings[`${tool} in the sandbox`]]).toEqual([tool, ["ok", message]]);
    }
    home.setMise(`[tools]\ngo = "1.24"\n[env]\nDEPLOY_TOKEN = "mine"\n`);
    const { status, findings } = doctor(world);
    expect(status).toBe(1);
    expect(findings["go in the sandbox"]).toEqual([
      "missing",
      expect.stringMatching(/^.*\/mise\/shims\/go works only outside: .*config.toml/),
    ]);
    expect(findings["npm in the sandbox"]?.[0]).toBe("ok");
    expect(readFileSync(join(home.path, ".config/mise/config.toml"), "utf8")).toContain("DEPLOY_TOKEN");
  });
});
