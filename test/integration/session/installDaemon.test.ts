import { chmodSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, join } from "node:path";
import { expect, it } from "vitest";
import { SessionUser } from "./sessionUser.ts";

it("daemon install keeps the daemon's settings, reports which credentials it left out, and starts the unit", async () => {
  const user = new SessionUser();
  const bin = join(user.folder, "bin");
  const said = join(user.folder, "said");
  mkdirSync(bin);
  writeFileSync(join(bin, "systemctl"), `#!/bin/sh\necho "$@" >> ${said}\n`);
  chmodSync(join(bin, "systemctl"), 0o755);
  const variables = {
    KUBECONFIG: "clusters/staging",
    CLAUDERON_KUBERNETES_CONTEXT: 'a "quoted" 100%',
    HTTPS_PROXY: "http://proxy:3128",
    ANTHROPIC_API_KEY: "sk-mine",
    OPENAI_API_KEY: "sk-kept",
  };
  await user.run(["credentials", "set", "OPENAI_API_KEY"], { stdin: "sk-kept" });
  const PATH = [bin, user.environment["PATH"] ?? ""].join(delimiter);
  const installed = await user.run(["daemon", "install"], { environment: { ...variables, PATH } });
  const file = join(user.home, ".config/systemd/user/clauderon.service");
  expect(installed).toMatchObject({
    exitCode: 0,
    stderr: "",
    stdout: `Wrote ${file}\nThe daemon is running, and starts at every login\nThe service does not have ANTHROPIC_API_KEY of this terminal. Run \`clauderon credentials set ANTHROPIC_API_KEY\`\n`,
  });
  const unit = readFileSync(file, "utf8");
  expect(unit.split("\n").filter((line) => /(KUBE|HTTPS_PROXY|HOME)/.test(line))).toEqual([
    `Environment="KUBECONFIG=${user.repository}/clusters/staging"`,
    String.raw`Environment="CLAUDERON_KUBERNETES_CONTEXT=a \"quoted\" 100%%"`,
    'Environment="HTTPS_PROXY=http://proxy:3128"',
    `Environment="CLAUDERON_HOME=${user.clauderonHome}"`,
  ]);
  expect(unit).not.toContain("sk-");
  expect(statSync(file).mode & 0o777).toBe(0o600);
  expect(readFileSync(said, "utf8")).toBe("--user daemon-reload\n--user enable --now clauderon.service\n");
});
