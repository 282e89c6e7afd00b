import { lstatSync, readFileSync } from "node:fs";
import { expect, it, vi } from "vitest";
import { POLL } from "../cli/cliProcess.ts";
import { CLAUDERON } from "../../kit/programs.ts";
import { SessionUser } from "./sessionUser.ts";
import { TerminalWindow } from "./terminalWindow.ts";

// Each step is a process of its own, and the machine may have others to run.
vi.setConfig({ testTimeout: 180_000 });

/** Every module that a command loads, as Node itself reports. */
async function loadedBy(user: SessionUser, args: readonly string[]): Promise<string> {
  const { stderr } = await user.run(args, { environment: { NODE_DEBUG: "esm" } });
  return [...new Set(stderr.match(/file:\/\/[^ '",]+/g))].join("\n");
}

it("fast commands load no schemas, and keep Node's compile cache where only the user can write", async () => {
  const user = new SessionUser();
  await user.ok("create", "--name", "web");
  for (const args of [
    ["list"],
    ["show", "web"],
    ["send", "web", "say hello"],
    ["logs", "web"],
    ["exec", "web", "true"],
  ]) {
    const loaded = await loadedBy(user, args);
    expect(loaded).toContain("/packages/cli/src/main.ts");
    expect(loaded, args.join(" ")).not.toMatch(/\/(zod|yaml|smol-toml|@bomb.sh)\//);
  }
  const attach = new TerminalWindow(
    ["/bin/sh", "-c", `NODE_DEBUG=esm exec ${process.execPath} ${CLAUDERON} attach web 2>esm.log`],
    {
      cwd: user.folder,
      environment: user.environment,
    },
  );
  await expect.poll(() => attach.title, POLL).toContain("to detach");
  const log = readFileSync(`${user.folder}/esm.log`, "utf8");
  expect(log).toContain("/attach/attachment.ts");
  expect(log).not.toContain("/zod/");
  // The measure itself works.
  expect(await loadedBy(user, ["create", "--repo", user.folder, "--prompt", ""])).toMatch(/\/zod\//);
  const cache = lstatSync(`${user.clauderonHome}/cache`);
  expect(cache.mode & 0o777).toBe(0o700);
});
