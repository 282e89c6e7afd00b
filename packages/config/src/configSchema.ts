import { isDnsLabel } from "@clauderon/base";
import {
  ACCESS_MODES,
  AGENTS,
  allowedHostSchema,
  BACKENDS,
  credentialNameSchema,
  PERMISSION_MODES,
  sessionVariablesSchema,
} from "@clauderon/protocol";
import { PRESET_NAMES } from "@clauderon/protocol/proxy";
import { z } from "zod";
import { DETACH_KEYS } from "./detachKeys.ts";
import { type Limited, limitProblem } from "./limits.ts";

const text = z.string().min(1, "must not be empty").max(1_024);
const dnsLabel = text.refine(isDnsLabel, "must be a DNS label: lower-case letters, digits and dashes");
const dnsName = text.refine((name) => name.length <= 253 && name.split(".").every(isDnsLabel), {
  error: "must be a DNS name: lower-case letters, digits, dashes and dots",
});
const absolutePath = text.refine((path) => /^(~?\/|~$)/.test(path), "must be an absolute path, or begin with ~/");

/** The modes of the boundary, and none. */
const EGRESS = ["open", "enforce", "record"] as const;

const limit = (limited: Limited) =>
  z.string().check(({ value, issues }) => {
    const message = limitProblem(limited, value);
    if (message !== undefined) issues.push({ code: "custom", input: value, message });
  });

/**
 * What `config.toml` may contain: sections and their keys. The descriptions become docs/configuration.md. A setting
 * without a default is optional.
 */
export const configSchema = z.strictObject({
  features: z.strictObject({
    kubernetes_backend: z
      .boolean()
      .default(false)
      .describe("Allow sessions in Kubernetes: `clauderon create --backend kubernetes`"),
  }),
  kubernetes: z.strictObject({
    namespace: dnsLabel.default("clauderon").describe("Namespace for session pods; it must exist"),
    storage_class: dnsName.optional().describe("Storage class of session volumes (default: the cluster's default)"),
    storage_size: limit("storage").default("10Gi").describe("Size of each session's volume"),
    image_pull_secrets: z
      .array(dnsName)
      .default([])
      .describe("Secrets in the namespace with credentials for private registries"),
    context: text.optional().describe("Context of the kubeconfig (default: its current context)"),
    kubeconfig: absolutePath
      .optional()
      .describe("Path of a kubeconfig (default: `$KUBECONFIG`, or `~/.kube/config` if that is not set)"),
    image: text.default("localhost/clauderon-agent:dev").describe("Image of the session container"),
    pull_policy: z.enum(["Always", "IfNotPresent", "Never"]).default("IfNotPresent").describe("When to pull the image"),
    cpu_limit: limit("cpu")
      .default("2")
      .describe("CPU limit of each session: a Kubernetes quantity such as `4` or `500m`"),
    memory_limit: limit("memory")
      .default("4Gi")
      .describe("Memory limit of each session: a Kubernetes quantity such as `8Gi`"),
  }),
  sync: z.strictObject({
    include: z
      .array(text)
      .default([])
      .describe("Ignored files to copy into sessions, as git patterns such as `.env` or `vendor/`"),
    submodules: z
      .boolean()
      .default(false)
      .describe("Whether to copy the content of submodules from your checkout into sessions"),
    fetch_limit: limit("storage")
      .default("20Gi")
      .describe(
        "How much work of one session in Kubernetes comes to your repository by itself, after its turns, as a Kubernetes quantity; more stays in the session until you run `clauderon pull`",
      ),
  }),
  session: z.strictObject({
    backend: z.enum(BACKENDS).default("local").describe("Where new sessions run"),
    agent: z.enum(AGENTS).default("claude-code").describe("Which agent new sessions run"),
    model: text.optional().describe("Model for new sessions (default: the agent's own default)"),
    permission_mode: z
      .enum(PERMISSION_MODES)
      .default("default")
      .describe(
        "What the agent may do without asking: `default` asks, `acceptEdits` asks for commands only, `plan` only reads, `bypassPermissions` never asks",
      ),
    access_mode: z
      .enum(ACCESS_MODES)
      .default("ReadWrite")
      .describe("What the agent may do to the services it reaches. `ReadOnly` needs `--egress`: the proxy enforces it"),
    environment: sessionVariablesSchema
      .default({})
      .describe(
        'Variables for the agents of new sessions, as the table `[session.environment]` of `NAME = "value"`. Do not put secrets here: use `clauderon credentials set`',
      ),
  }),
  proxy: z.strictObject({
    egress: z
      .enum(EGRESS)
      .optional()
      .describe(
        "What the agents of new sessions may reach: `enforce` and `record` let them out only through the proxy, and need a sandbox or a pod (default: `enforce` in a sandbox, `open` otherwise, and for a session that has another host for its model or a machine that has an HTTP proxy of its own)",
      ),
    allow: z
      .array(allowedHostSchema)
      .default([])
      .describe(
        "Hosts that agents behind the proxy may reach, beside those of `--allow`; `*.name` for every host below that name",
      ),
    presets: z
      .array(z.enum([...PRESET_NAMES, "none"]))
      .default([])
      .describe(
        "Lists of hosts that they may reach, beside those of `--preset` and of the repository's languages; `none` leaves the latter out",
      ),
  }),
  credentials: z.strictObject({
    grant: z
      .array(credentialNameSchema)
      .default([])
      .describe(
        "Credentials that the proxy may use for every new session behind it, beside the agent's own and those of `--credential`",
      ),
  }),
  local: z.strictObject({
    sandbox: z
      .boolean()
      .optional()
      .describe(
        "Run agents on this machine under bubblewrap, with a read-only root and your home hidden (default: where bubblewrap works, except with `--no-worktree`)",
      ),
  }),
  daemon: z.strictObject({
    http_port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe("Port on 127.0.0.1 where the daemon also serves its API, protected by a token (default: no port)"),
  }),
  attach: z.strictObject({
    detach_keys: text
      .default(DETACH_KEYS)
      .describe("Keys that detach from a session: characters and `ctrl-<letter>`, separated by commas"),
  }),
});

/** Every setting, under its names in the file. */
export type Config = z.output<typeof configSchema>;
export type Section = keyof Config;
