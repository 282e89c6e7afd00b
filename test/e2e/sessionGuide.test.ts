import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Session } from "@clauderon/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runCli } from "../integration/cli/cliProcess.ts";
import { TerminalWindow } from "../integration/session/terminalWindow.ts";
import { run } from "../kit/cluster/run.ts";
import type { ModelRequest } from "../kit/internet/messages/modelRequest.ts";
import { text, toolUse } from "../kit/internet/messages/turns.ts";
import { CLAUDERON, WITHOUT_BOUNDARY } from "../kit/programs.ts";
import { podConfiguration } from "../kit/sessions/podConfiguration.ts";
import { PATIENCE, useNamespace } from "./useNamespace.ts";

// What a user does with a session in Kubernetes, from create to delete: the real command and daemon, real Claude Code in the
// pod, a scripted model outside.
const CHANGE =
  "git rm -q old.txt && git mv plain.txt renamed.txt && echo new > added.txt && chmod +x added.txt && git add -A && git commit -qm 'From the pod' && echo unstaged >> renamed.txt";
function script({ lastText, toolResults }: ModelRequest) {
  if (lastText.includes("Change it") && toolResults.length === 0) return toolUse("Bash", { command: CHANGE });
  return text(lastText.includes("by hand") ? "Heard your hand." : "All done.");
}
const { cluster, namespace } = await useNamespace("guide", { messages: { script } });

const root = mkdtempSync(join(tmpdir(), "guide-"));
const repository = join(root, "project");
const home = join(root, "clauderon");
const environment = {
  HOME: root,
  CLAUDERON_HOME: home,
  ...WITHOUT_BOUNDARY,
  KUBECONFIG: cluster.kubeconfig,
  ANTHROPIC_API_KEY: "sk-ant-test-0123456789",
};
const clauderon = (...args: readonly string[]) => runCli(args, { cwd: root, environment });
const git = (...args: readonly string[]) => run("git", args, { cwd: repository, env: { HOME: root } });
const objects = (selector: string) =>
  cluster.kubectl(["get", "pods,pvc,configmaps,secrets", "-n", namespace, "-l", selector, "-o", "name"]);
const statusOf = async (name: string) =>
  (JSON.parse((await clauderon("show", name, "--json")).stdout) as Session).status;
const uidOf = (kind: string) =>
  cluster.kubectl([
    "get",
    kind,
    "clauderon-first",
    "-n",
    namespace,
    "--ignore-not-found",
    "-o",
    "jsonpath={.metadata.uid}",
  ]);
const inPod = (name: string, command: string) =>
  cluster.kubectl([
    "exec",
    "-n",
    namespace,
    `clauderon-${name}`,
    "--",
    "bash",
    "-c",
    `cd /workspace/project && ${command}`,
  ]);

beforeAll(async () => {
  mkdirSync(home, { recursive: true });
  mkdirSync(repository, { recursive: true });
  await cluster.kubectl(["label", "namespace", namespace, "pod-security.kubernetes.io/enforce=restricted"]);
  writeFileSync(
    join(home, "config.toml"),
    `${podConfiguration({ namespace })}[session]
permission_mode = "bypassPermissions"
`,
  );
  await git("init", "-q", "-b", "main");
  await git("config", "user.name", "Me");
  await git("config", "user.email", "me@example.com");
  for (const name of ["plain.txt", "old.txt", "staged.txt", "both.txt"])
    writeFileSync(join(repository, name), `${name}\n`);
  await git("add", "-A");
  await git("commit", "-qm", "First");
});

afterAll(async () => {
  await runCliOutsideTest(["daemon", "stop"]);
  rmSync(root, { recursive: true, force: true, maxRetries: 5 });
});

describe("a user's session in Kubernetes", () => {
  it("create with limits copies the checkout with its uncommitted state, and the agent follows the prompt", async () => {
    writeFileSync(join(repository, "staged.txt"), "staged\n");
    writeFileSync(join(repository, "both.txt"), "staged\n");
    await git("add", "-A");
    writeFileSync(join(repository, "both.txt"), "unstaged\n");
    writeFileSync(join(repository, "häßlich ☂.sh"), "untracked\n", { mode: 0o755 });
    symlinkSync("plain.txt", join(repository, "link"));
    const before = await git("status", "--porcelain=v1");
    const created = await clauderon(
      "create",
      "--backend=kubernetes",
      "--cpu-limit=1",
      "--memory-limit=2Gi",
      `--repo=${repository}`,
      "--name=first",
      "--prompt=Only look.",
      "--print",
    );
    expect(created).toMatchObject({ exitCode: 0, stdout: expect.stringContaining("All done.") });
    expect(await inPod("first", "git status --porcelain=v1")).toBe(before);
    expect(await inPod("first", "git rev-parse HEAD")).toBe(await git("rev-parse", "HEAD"));
    expect(await inPod("first", "git ls-files --stage")).toBe(await git("ls-files", "--stage"));
    const limits = [
      "get",
      "pod",
      "clauderon-first",
      "-n",
      namespace,
      "-o",
      "jsonpath={.spec.containers[0].resources.limits}",
    ];
    expect(JSON.parse(await cluster.kubectl(limits))).toEqual({ cpu: "1", memory: "2Gi" });
  });

  it("kubectl logs and describe show the session, and nothing shows the prompt or the credential", async () => {
    const logs = await cluster.kubectl(["logs", "-n", namespace, "clauderon-first"]);
    const described = await cluster.kubectl(["describe", "pod", "-n", namespace, "clauderon-first"]);
    expect(described).toContain("Started container agent");
    expect(logs).toMatch(/Branch clauderon\/first begins with commit [0-9a-f]{40}/);
    const yaml = await cluster.kubectl(["get", "pod,pvc,configmap", "-n", namespace, "-o", "yaml"]);
    for (const shown of [logs, described, yaml]) expect(shown).not.toMatch(/Only look|sk-ant-test/);
  });

  it("attach shows the agent's screen, passes on typing, and leaves the agent running", async () => {
    const window = new TerminalWindow([process.execPath, CLAUDERON, "attach", "first"], {
      cwd: root,
      environment: { ...environment, PATH: process.env.PATH ?? "", TERM: "xterm-256color" },
    });
    await expect.poll(() => window.screen, PATIENCE).toContain("All done.");
    window.type("typed by hand");
    await expect.poll(() => window.screen, PATIENCE).toContain("typed by hand");
    window.type("\r");
    await expect.poll(() => window.screen, PATIENCE).toContain("Heard your hand.");
    window.type("\u0010\u0011");
    await expect.poll(() => window.exitCode, PATIENCE).toBe(0);
    expect((await statusOf("first")).phase).toBe("Running");
  });

  it("the RBAC sample works from inside the pod, and nothing is allowed without it", async () => {
    const ask = `const fs = require("node:fs"); const d = "/var/run/secrets/kubernetes.io/serviceaccount/";
      require("node:https").get("https://kubernetes.default.svc/api/v1/namespaces/${namespace}/pods",
      { ca: fs.readFileSync(d + "ca.crt"), headers: { authorization: "Bearer " + fs.readFileSync(d + "token") } },
      (answer) => { console.log(answer.statusCode); process.exit(); });`;
    const inside = async () => (await clauderon("exec", "first", "--", "node", "-e", ask)).stdout.trim();
    expect(await inside()).toBe("403");
    const guide = readFileSync(join(import.meta.dirname, "../../docs/kubernetes.md"), "utf8");
    const sample = /```yaml\n(.*?kind: RoleBinding.*?)```/s.exec(guide)?.[1] ?? "";
    await cluster.kubectl(["apply", "-f", "-"], sample.replaceAll("namespace: clauderon", `namespace: ${namespace}`));
    await expect.poll(inside, PATIENCE).toBe("200");
  });

  it("a second prompt changes, adds, deletes, renames and commits; pull fetches all of it", async () => {
    expect(await clauderon("send", "first", "Change it")).toMatchObject({ exitCode: 0 });
    await expect.poll(() => inPod("first", "git log --format=%s -1"), PATIENCE).toBe("From the pod\n");
    expect(await clauderon("pull", "first")).toMatchObject({ exitCode: 0 });
    await expect.poll(() => git("log", "--format=%s", "-1", "clauderon/first"), PATIENCE).toBe("From the pod\n");
    expect(await git("ls-tree", "--name-only", "clauderon/first")).not.toContain("old.txt");
    expect(await git("ls-tree", "clauderon/first", "added.txt")).toMatch(/^100755 blob/);
  });

  it("recreate keeps the volume; delete leaves nothing in the cluster", async () => {
    const [claim, pod] = [await uidOf("pvc"), await uidOf("pod")];
    expect(await clauderon("recreate", "first")).toMatchObject({ exitCode: 0 });
    // It returns when the new pod's agent runs.
    expect(["", pod]).not.toContain(await uidOf("pod"));
    expect(await uidOf("pvc")).toBe(claim);
    expect((await statusOf("first")).phase).toBe("Running");
    expect(await clauderon("delete", "first")).toMatchObject({
      exitCode: 0,
      stderr: expect.not.stringContaining("error"),
    });
    expect((await objects("session=first")).trim()).toBe("");
  });

  it("the manual clean-up leaves nothing; list shows Missing, show says what to do, and delete keeps the last fetched work", async () => {
    const flags = ["--backend", "kubernetes", "--repo", repository, "--name", "byhand", "--prompt", "Only look."];
    expect(await clauderon("create", ...flags, "--print")).toMatchObject({ exitCode: 0 });
    expect(await clauderon("send", "byhand", "Change it")).toMatchObject({ exitCode: 0 });
    const fetched = () => git("for-each-ref", "--format=%(subject)", "refs/heads/clauderon/byhand");
    await expect.poll(fetched, PATIENCE).toBe("From the pod\n");
    const listed = await cluster.kubectl(["get", "pods,pvc", "-n", namespace, "-l", "app=clauderon"]);
    expect(listed).toMatch(/^pod\/clauderon-byhand .*^persistentvolumeclaim\/clauderon-byhand /ms);
    await cluster.kubectl(["delete", "pod,pvc", "-n", namespace, "-l", "session=byhand"]);
    await expect.poll(async () => (await objects("session=byhand")).trim(), PATIENCE).toBe("");
    const list = async () => (await clauderon("list")).stdout;
    await expect.poll(list, PATIENCE).toMatch(/^byhand .*Missing \(VolumeMissing\)/m);
    expect((await clauderon("show", "byhand")).stdout).toMatch(/What to do: .*clauderon recreate byhand/);
    const rescued = "refs/clauderon/rescued/byhand";
    expect(await clauderon("delete", "byhand")).toMatchObject({
      exitCode: 0,
      stdout: expect.stringContaining(`Saved its work as ${rescued}`),
    });
    expect(await git("show", `${rescued}:renamed.txt`)).toBe("plain.txt\nunstaged\n");
    expect(await git("log", "--format=%s", "-1", `${rescued}^1`)).toBe("From the pod\n");
    expect(await list()).not.toContain("byhand");
    expect((await objects("app=clauderon")).trim()).toBe("");
  });

  it("ten creates in parallel all succeed, and deleting them at once leaves nothing", async () => {
    const names = Array.from({ length: 10 }, (_, at) => `task-${at}`);
    const created = await Promise.all(
      names.map((name) =>
        clauderon(
          "create",
          "--backend",
          "kubernetes",
          "--repo",
          repository,
          "--name",
          name,
          "--prompt",
          `Task ${name}`,
          "--detach",
        ),
      ),
    );
    expect(created.map(({ exitCode, stderr }) => (exitCode === 0 ? "" : stderr))).toEqual(names.map(() => ""));
    expect(
      (await cluster.kubectl(["get", "pods", "-n", namespace, "-l", "app=clauderon", "-o", "name"])).split("\n"),
    ).toHaveLength(11);
    await Promise.all(names.map((name) => clauderon("delete", name)));
    expect((await objects("app=clauderon")).trim()).toBe("");
  });
});

describe("a mistake on the command line", () => {
  it("of 512m of memory is refused with the reason", async () => {
    const limit = await clauderon(
      "create",
      "--backend",
      "kubernetes",
      "--memory-limit",
      "512m",
      "--repo",
      repository,
      "--detach",
    );
    expect(limit.exitCode).toBe(2);
    expect(limit.stderr).toMatch(/512m.*512Mi/s);
  });
});

async function runCliOutsideTest(args: readonly string[]): Promise<void> {
  await run(process.execPath, [CLAUDERON, ...args], { env: environment }).catch(() => undefined);
}
