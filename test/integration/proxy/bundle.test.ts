import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { bundleProgram, PROGRAM_FILE } from "../../../tools/images/bundle.ts";
import { recipeOf } from "../../../tools/images/recipes.ts";
import { ROOT } from "../../kit/programs.ts";
import { startProxyProcess } from "../../kit/proxy/proxyProcess.ts";

it("the bundle of the image runs alone, and makes its state folder", async () => {
  const folder = mkdtempSync(join(tmpdir(), "proxy-bundle-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  for (const { name, contents } of await bundleProgram(ROOT, recipeOf("clauderon-proxy", "x64").entry)) {
    writeFileSync(join(folder, name), contents);
  }
  const proxy = await startProxyProcess(join(folder, "state"), [], join(folder, PROGRAM_FILE));
  onTestFinished(async () => {
    proxy.signal("SIGKILL");
    await proxy.ended;
  });
  expect(await (await fetch(`http://127.0.0.1:${proxy.port}/health`)).text()).toBe("ok\n");
  proxy.signal("SIGTERM");
  expect(await proxy.ended).toBe(0);
});
