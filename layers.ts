/**
 * The import rules, as data; test/architecture checks them. A package may import its own files, the packages listed, and
 * the npm packages its package.json names. Pure packages use no platform at all; apps never import each other: they meet
 * through `protocol` or the Kubernetes API. One may start another as a process, and then names it in its package.json, so
 * that npm installs it.
 */
export const LAYERS = {
  base: { tier: "pure", imports: [] },
  protocol: { tier: "pure", imports: ["base"] },
  kinds: { tier: "pure", imports: ["base", "protocol"] },
  pods: { tier: "pure", imports: ["base", "protocol", "kinds"] },
  terminal: { tier: "pure", imports: ["base"] },
  config: { tier: "pure", imports: ["base", "protocol"] },
  files: { tier: "adapter", imports: [] },
  kube: { tier: "adapter", imports: ["base"] },
  controller: { tier: "adapter", imports: ["base", "kube"] },
  agents: { tier: "adapter", imports: ["base", "protocol"] },
  stream: { tier: "adapter", imports: ["base", "protocol"] },
  process: { tier: "adapter", imports: ["base"] },
  git: { tier: "adapter", imports: ["base", "protocol", "files", "process"] },
  sandbox: { tier: "adapter", imports: ["base", "process"] },
  "git-remote": { tier: "app", imports: ["base", "protocol", "process", "stream"] },
  operator: { tier: "app", imports: ["base", "protocol", "kinds", "pods", "kube", "controller"] },
  runner: { tier: "app", imports: ["base", "protocol", "terminal", "files", "agents", "process", "git", "stream"] },
  proxy: { tier: "app", imports: ["base", "protocol", "files", "process", "kube", "controller"] },
  daemon: {
    tier: "app",
    imports: [
      "base",
      "protocol",
      "pods",
      "files",
      "config",
      "kube",
      "controller",
      "process",
      "git",
      "sandbox",
      "agents",
      "stream",
    ],
  },
  cli: {
    tier: "app",
    imports: [
      "base",
      "protocol",
      "kinds",
      "terminal",
      "files",
      "config",
      "kube",
      "agents",
      "process",
      "git",
      "sandbox",
      "stream",
    ],
  },
} as const satisfies Record<string, { tier: "pure" | "adapter" | "app"; imports: readonly string[] }>;

/** npm packages and platform modules that only one place may import. Paths are prefixes, relative to the root. */
export const DOORS: Readonly<Record<string, readonly string[]>> = {
  "@kubernetes/client-node": ["packages/kube/src/"],
  undici: ["packages/kube/src/"],
  socks: ["packages/kube/src/tunnel.ts"],
  "node:child_process": ["packages/process/src/"],
  "@lydell/node-pty": ["packages/runner/src/session/terminal/pty.ts"],
  "@xterm/headless": ["packages/runner/src/session/terminal/screen/"],
  "@xterm/addon-serialize": ["packages/runner/src/session/terminal/screen/"],
  "@xterm/addon-unicode-graphemes": ["packages/runner/src/session/terminal/screen/"],
  "node:sqlite": ["packages/daemon/src/registry/"],
  fastify: ["packages/daemon/src/http/"],
  "fastify-type-provider-zod": ["packages/daemon/src/http/"],
  pino: ["packages/operator/src/log.ts"],
  commander: ["packages/cli/src/"],
  "@peculiar/x509": ["packages/proxy/src/certificates/"],
  "node:http2": ["packages/proxy/src/listener/", "packages/proxy/src/exchange/incoming.ts"],
  "smol-toml": ["packages/config/src/parseConfigFile.ts"],
};
