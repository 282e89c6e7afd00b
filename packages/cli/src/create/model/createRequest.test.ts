import { Fault } from "@clauderon/base/fault";
import { resolveConfig } from "@clauderon/config";
import { describe, expect, it } from "vitest";
import { type CreateFlags, createRequest, settingFlags } from "./createRequest.ts";

const make = (flags: CreateFlags, file = "", environment = {}, more: { prompt?: string; command?: string } = {}) =>
  createRequest({
    flags,
    repository: "/r",
    prompt: more.prompt,
    command: more.command,
    config: resolveConfig({ flags: settingFlags(flags), environment, file: { path: "config.toml", text: file } }),
  });

function refusal(...args: Parameters<typeof make>): string {
  try {
    make(...args);
  } catch (thrown) {
    if (thrown instanceof Fault) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  }
  return "accepted";
}

describe("createRequest", () => {
  it("asks only for what the user specified", () => {
    expect(make({})).toEqual({ repository: "/r" });
  });

  it("asks for a boundary with what it allows, and for none with open", () => {
    const flags = {
      sandbox: true,
      egress: "enforce",
      allow: ["example.com"],
      preset: ["npm"],
      credential: ["GH_TOKEN"],
    };
    expect(make(flags)).toEqual({
      repository: "/r",
      sandbox: true,
      egress: { mode: "Enforce", allow: ["example.com"], presets: ["npm"], credentials: ["GH_TOKEN"], detect: true },
    });
    expect(make({ egress: "open" })).toMatchObject({ repository: "/r", egress: { mode: "Open" } });
  });

  it("adds what the flags allow to what the file does, and lets a flag leave the boundary out", () => {
    const file = `
      [proxy]
      egress = "record"
      allow = ["docs.example.com"]
      presets = ["pypi", "none"]
      [credentials]
      grant = ["GH_TOKEN"]`;
    const flags = { allow: ["example.com", "docs.example.com"], preset: ["npm"], credential: ["NPM_TOKEN"] };
    expect(make(flags, file).egress).toEqual({
      mode: "Record",
      allow: ["docs.example.com", "example.com"],
      presets: ["pypi", "npm"],
      credentials: ["GH_TOKEN", "NPM_TOKEN"],
      detect: false,
    });
    expect(make({ allow: ["example.com"] }).egress).toMatchObject({ mode: "Enforce", allow: ["example.com"] });
    expect(make({ egress: "enforce" }, file).egress).toMatchObject({ mode: "Enforce", allow: ["docs.example.com"] });
    expect(make({ egress: "open" }, file).egress).toMatchObject({ mode: "Open" });
    expect(make({}, '[proxy]\negress = "open"').egress).toMatchObject({ mode: "Open" });
  });

  it("asks for a Kubernetes session with limits and a prompt", () => {
    const flags = { backend: "kubernetes", cpuLimit: "4", memoryLimit: "8Gi" };
    expect(make(flags, "", {}, { prompt: "Heavy computation" })).toEqual({
      ...flags,
      repository: "/r",
      prompt: "Heavy computation",
    });
  });

  it("takes what no flag sets from the environment and the file, whatever the daemon was started with", () => {
    const file = '[session]\nbackend = "kubernetes"\nmodel = "opus"\n[kubernetes]\nmemory_limit = "2Gi"\nimage = "i"';
    const environment = { CLAUDERON_SESSION_PERMISSION_MODE: "plan", CLAUDERON_KUBERNETES_IMAGE: "j" };
    expect(make({ model: "haiku" }, file, environment)).toEqual({
      repository: "/r",
      backend: "kubernetes",
      model: "haiku",
      permissionMode: "plan",
      memoryLimit: "2Gi",
      image: "j",
    });
  });

  it("leaves out the file's settings of the other backend", () => {
    expect(make({}, '[kubernetes]\nmemory_limit = "2Gi"')).toEqual({ repository: "/r" });
    expect(make({ backend: "kubernetes" }, "[local]\nsandbox = true")).toEqual({
      repository: "/r",
      backend: "kubernetes",
    });
  });

  it("passes on a program that replaces the agent's, and local settings", () => {
    expect(make({ sandbox: true, worktree: false }, "", {}, { command: "/bin/agent" })).toEqual({
      repository: "/r",
      sandbox: true,
      worktree: false,
      command: ["/bin/agent"],
    });
  });

  it.each([
    { memoryLimit: "8Gi" },
    { backend: "kubernetes", sandbox: true },
    { backend: "kubernetes", worktree: false },
  ] as const)("leaves it to the daemon to refuse %j", (flags) => {
    expect(make(flags)).toEqual({ repository: "/r", ...flags });
  });

  it("asks for the file's variables; those of flags take precedence", () => {
    const file = '[session.environment]\nA = "file"\nB = "file"';
    expect(make({}, file).environment).toEqual({ A: "file", B: "file" });
    expect(make({ env: ["B=flag", "C=x=y", "D="] }, file).environment).toEqual({
      A: "file",
      B: "flag",
      C: "x=y",
      D: "",
    });
  });

  it.each([
    [
      { backend: "kubernetes", memoryLimit: "512m" },
      '--memory-limit cannot be 512m: "m" means thousandths, of a byte; did you mean 512Mi?',
    ],
    [
      { backend: "kubernetes", cpuLimit: "lots" },
      '--cpu-limit must be a Kubernetes quantity such as 4 or 500m, not "lots"',
    ],
    [{ egress: "open", allow: ["example.com"] }, "--allow is about a boundary, and the session has none"],
    [{ egress: "open", credential: ["GH_TOKEN"] }, "--credential is about a boundary, and the session has none"],
    [
      { egress: "enforce", allow: ["10.0.0.1"] },
      "--allow must be a host name: no address, no port, no scheme, as 10.0.0.1 is not",
    ],
    [
      { egress: "enforce", credential: ["token"] },
      "--credential must be the name of an environment variable, in capitals",
    ],
    [{ env: ["A"] }, '--env "A" is not NAME=VALUE'],
    [{ env: ["=x"] }, '--env "=x" is not NAME=VALUE'],
    [{ env: ["HOME=/"] }, "--env must not hold HOME: each session has a home of its own"],
    [{ env: ["MY_KEY=k"] }, "--env must not hold MY_KEY, which looks like a credential"],
    [{ name: "Web" }, '--name "Web" must be lower-case letters, digits and dashes, and begin with a letter'],
    [{ name: "a".repeat(41) }, `--name "${"a".repeat(41)}" must be at most 40 characters`],
  ] as const)("refuses %j", (flags, message) => {
    expect(refusal(flags)).toContain(`USAGE: ${message}`);
  });
});
