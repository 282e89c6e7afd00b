import { Fault } from "@clauderon/base";
import { describe, expect, it } from "vitest";
import { originText } from "./configOrigin.ts";
import { type ConfigSources, resolveConfig } from "./resolveConfig.ts";

const PATH = "/home/u/.clauderon/config.toml";

const resolve = (sources: Partial<Omit<ConfigSources, "file">> & { file?: string }) =>
  resolveConfig({
    environment: {},
    ...sources,
    file: sources.file === undefined ? undefined : { path: PATH, text: sources.file },
  });

function refusal(sources: Parameters<typeof resolve>[0]): string {
  try {
    resolve(sources);
  } catch (thrown) {
    if (thrown instanceof Fault) return `${thrown.code}: ${thrown.message} (${thrown.hint})`;
    throw thrown;
  }
  return "accepted";
}

const flagged = (value: string | boolean) => ({
  flags: { "features.kubernetes_backend": { flag: "--enable-kubernetes-backend", value } },
});

describe("resolveConfig", () => {
  it("has a default for every setting that needs one", () => {
    const { values, origins } = resolve({});
    expect(values.kubernetes).toEqual({
      namespace: "clauderon",
      storage_size: "10Gi",
      image_pull_secrets: [],
      image: "localhost/clauderon-agent:dev",
      pull_policy: "IfNotPresent",
      cpu_limit: "2",
      memory_limit: "4Gi",
    });
    expect(values.features.kubernetes_backend).toBe(false);
    expect(originText(origins.get("kubernetes.namespace") ?? { from: "flag", flag: "?" })).toBe("default");
  });

  it("reads the documented example file", () => {
    const file = `# ~/.clauderon/config.toml
[features]
kubernetes_backend = true
[kubernetes]
# Namespace for pods (must exist)
namespace = "agents"
storage_class = "standard"
image_pull_secrets = ["my-registry-secret"]
`;
    const { values, origins } = resolve({ file });
    expect(values.features.kubernetes_backend).toBe(true);
    expect(values.kubernetes).toMatchObject({
      namespace: "agents",
      storage_class: "standard",
      image_pull_secrets: ["my-registry-secret"],
    });
    expect(origins.get("kubernetes.namespace")).toEqual({ from: "file", path: PATH, line: 6 });
  });

  it.each(["1", "true", "yes", "on", "TRUE"])("reads %s as true, in the documented variable and in ours", (word) => {
    for (const name of ["CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND", "CLAUDERON_FEATURES_KUBERNETES_BACKEND"]) {
      const { values, origins } = resolve({ environment: { [name]: word } });
      expect(values.features.kubernetes_backend).toBe(true);
      expect(origins.get("features.kubernetes_backend")).toEqual({ from: "environment", variable: name });
    }
  });

  it.each(["0", "false", "no", "off"])("reads %s in the variable as false, before the file", (word) => {
    const environment = { CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND: word };
    const file = "features.kubernetes_backend = true";
    expect(resolve({ file }).values.features.kubernetes_backend).toBe(true);
    expect(resolve({ environment, file }).values.features.kubernetes_backend).toBe(false);
  });

  it("prefers a flag, with or without a value, to all other sources", () => {
    const environment = { CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND: "0" };
    expect(resolve({ ...flagged(true), environment }).values.features.kubernetes_backend).toBe(true);
    expect(resolve({ ...flagged("true"), environment }).values.features.kubernetes_backend).toBe(true);
    const off = resolve({ ...flagged("false"), environment: { CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND: "1" } });
    expect(off.values.features.kubernetes_backend).toBe(false);
    expect(originText(off.origins.get("features.kubernetes_backend") ?? { from: "default" })).toBe(
      "flag --enable-kubernetes-backend",
    );
  });

  it("ignores empty variables", () => {
    expect(resolve({ environment: { CLAUDERON_KUBERNETES_NAMESPACE: "" } }).values.kubernetes.namespace).toBe(
      "clauderon",
    );
  });

  it("reads lists and numbers from variables", () => {
    const environment = { CLAUDERON_SYNC_INCLUDE: ".env, vendor/", CLAUDERON_DAEMON_HTTP_PORT: "8080" };
    expect(resolve({ environment }).values).toMatchObject({
      sync: { include: [".env", "vendor/"] },
      daemon: { http_port: 8080 },
    });
  });

  it("reads a table of variables, which no variable can set", () => {
    const file = '[session]\nmodel = "m"\n[session.environment]\nIS_SANDBOX = "1"\nANTHROPIC_BASE_URL = "http://g"';
    const { values, origins } = resolve({ file });
    expect(values.session.environment).toEqual({ IS_SANDBOX: "1", ANTHROPIC_BASE_URL: "http://g" });
    expect(origins.get("session.environment")).toEqual({ from: "file", path: PATH, line: 3 });
    expect(refusal({ environment: { CLAUDERON_SESSION_ENVIRONMENT: "A=1" } })).toContain(
      "CONFIG_INVALID: Unknown variable CLAUDERON_SESSION_ENVIRONMENT",
    );
  });

  it("refuses credentials among them, and names where to keep them", () => {
    expect(refusal({ file: '[session.environment]\nMY_TOKEN = "x"' })).toBe(
      `CONFIG_INVALID: ${PATH}:1: session.environment must not hold MY_TOKEN, which looks like a credential: ` +
        "these values are not kept secret (clauderon credentials set MY_TOKEN)",
    );
  });

  it("returns immutable values", () => {
    const { values } = resolve({});
    expect([values, values.kubernetes, values.kubernetes.image_pull_secrets].every(Object.isFrozen)).toBe(true);
  });

  it.each([
    ['[kubernetes]\nnamespce = "x"', `${PATH}:2: Unknown key "namespce" in [kubernetes] (Did you mean namespace?)`],
    [
      '[kubernetes]\n\nstorageClass = "x"',
      `${PATH}:3: Unknown key "storageClass" in [kubernetes] (Did you mean storage_class?)`,
    ],
    [
      '[session]\nnamespace = "x"',
      `${PATH}:2: Unknown key "namespace" in [session] (namespace belongs to [kubernetes])`,
    ],
    [
      "kubernetes_backend = true",
      `${PATH}:1: Unknown key "kubernetes_backend" (kubernetes_backend belongs to [features])`,
    ],
    ["\n[kubernets]\n", `${PATH}:2: Unknown section [kubernets] (Did you mean [kubernetes]?)`],
    ["[features]\nkubernetes_backend = 1", `${PATH}:2: features.kubernetes_backend must be true or false`],
    ["[kubernetes]\nnamespace = 3", `${PATH}:2: kubernetes.namespace must be a text in quotes`],
    [
      '[kubernetes]\nnamespace = "A b"',
      `${PATH}:2: kubernetes.namespace must be a DNS label: lower-case letters, digits and dashes`,
    ],
    [
      '[kubernetes]\nimage_pull_secrets = ["a",\n "B"]',
      `${PATH}:2: kubernetes.image_pull_secrets item 2 must be a DNS name`,
    ],
    [
      '[kubernetes]\nmemory_limit = "512m"',
      `${PATH}:2: kubernetes.memory_limit cannot be 512m: "m" means thousandths, of a byte; did you mean 512Mi?`,
    ],
    ['[session]\nbackend = "k8s"', `${PATH}:2: session.backend must be one of local, kubernetes, not "k8s"`],
    ["[daemon]\nhttp_port = 70000", `${PATH}:2: daemon.http_port must be a port from 1 to 65535`],
    ['[session.environment]\nHOME = "/"', `${PATH}:1: session.environment must not hold HOME: each session has`],
    ["[session.environment]\nA = 1", `${PATH}:1: session.environment A must be a text in quotes`],
    ['[session]\nenvironment = "A=1"', `${PATH}:2: session.environment must be a table of NAME = "value"`],
    ["features = 1", `${PATH}:1: features must be a section: [features]`],
    ['[kubernetes]\nnamespace = "x', `${PATH}:2: Not valid TOML`],
  ])("refuses %j and names its line", (file, message) => {
    expect(refusal({ file })).toContain(`CONFIG_INVALID: ${message}`);
  });

  it.each([
    [
      { CLAUDERON_KUBERNETES_NAMESPCE: "x" },
      "Unknown variable CLAUDERON_KUBERNETES_NAMESPCE (Did you mean CLAUDERON_KUBERNETES_NAMESPACE?)",
    ],
    [
      { CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND: "enable" },
      'CLAUDERON_FEATURE_ENABLE_KUBERNETES_BACKEND must be one of 1, true, yes, on or 0, false, no, off, not "enable"',
    ],
    [{ CLAUDERON_DAEMON_HTTP_PORT: "http" }, "CLAUDERON_DAEMON_HTTP_PORT must be a whole number"],
  ])("refuses %j and names it", (environment, message) => {
    expect(refusal({ environment })).toContain(`CONFIG_INVALID: ${message}`);
  });

  it("ignores variables that are not settings", () => {
    const environment = {
      CLAUDERON_HOME: "/h",
      CLAUDERON_AGENT_COMMAND: "a",
      CLAUDERON_SESSION: "s",
      CLAUDERON_DEBUG: "1",
    };
    expect(refusal({ environment })).toBe("accepted");
  });
});
