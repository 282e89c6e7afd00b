import { isDnsLabel } from "@clauderon/base";
import { ACCESS_MODES, AGENTS, BACKENDS, PERMISSION_MODES, sessionVariablesSchema } from "@clauderon/protocol";
import { z } from "zod";
import { DETACH_KEYS } from "./detachKeys.ts";
import { type Limited, limitProblem } from "./limits.ts";

const text = z.string().min(1, "must not be empty").max(1_024);
const dnsLabel = text.refine(isDnsLabel, "must be a DNS label: lower-case letters, digits and dashes");
const dnsName = text.refine((name) => name.length <= 253 && name.split(".").every(isDnsLabel), {
  error: "must be a DNS name: lower-case letters, digits, dashes and dots",
});
const absolutePath = text.refine((path) => /^(~?\/|~$)/.test(path), "must be an absolute path, or begin with ~/");

const limit = (limited: Limited) =>
  z.string().check(({ value, issues }) => {
    const message = limitProblem(limited, value);
    if (message !== undefined) issues.push({ code: "custom", input: value, message });
  });

/**
 * What `config.toml` may say: sections, and their keys. The descriptions become docs/configuration.md. What has no default
 * may be left out for good.
 */
export const configSchema = z.strictObject({
  features: z.strictObject({
    kubernetes_backend: z
      .boolean()
      .default(false)
      .describe("Whether sessions may run in Kubernetes: `clauderon create --backend kubernetes`"),
  }),
  kubernetes: z.strictObject({
    namespace: dnsLabel.default("clauderon").describe("Where the pods of sessions run; it must exist"),
    storage_class: dnsName.optional().describe("Of the sessions' volumes; the cluster's default when left out"),
    storage_size: limit("storage").default("10Gi").describe("Of each session's volume"),
    image_pull_secrets: z
      .array(dnsName)
      .default([])
      .describe("Names of Secrets in the namespace, for private registries"),
    context: text.optional().describe("Of the kubeconfig; its current one when left out"),
    kubeconfig: absolutePath
      .optional()
      .describe("Path of a kubeconfig; `$KUBECONFIG`, else `~/.kube/config`, when left out"),
    image: text.optional().describe("Of the sessions' container; the one that belongs to this version when left out"),
    pull_policy: z
      .enum(["Always", "IfNotPresent", "Never"])
      .default("IfNotPresent")
      .describe("When the image is pulled"),
    cpu_limit: limit("cpu").optional().describe("Of each session, a Kubernetes quantity such as `4` or `500m`"),
    memory_limit: limit("memory").optional().describe("Of each session, a Kubernetes quantity such as `8Gi`"),
  }),
  sync: z.strictObject({
    include: z
      .array(text)
      .default([])
      .describe("Files that git ignores and that sessions get all the same, as patterns of git: `.env`, `vendor/`"),
  }),
  session: z.strictObject({
    backend: z.enum(BACKENDS).default("local").describe("Where new sessions run"),
    agent: z.enum(AGENTS).default("claude-code").describe("What new sessions run"),
    model: text.optional().describe("The model of new sessions; the agent's own choice when left out"),
    permission_mode: z
      .enum(PERMISSION_MODES)
      .default("default")
      .describe(
        "What the agent may do without asking: `default` asks, `acceptEdits` asks for commands only, `plan` only reads, `bypassPermissions` never asks",
      ),
    access_mode: z
      .enum(ACCESS_MODES)
      .default("ReadWrite")
      .describe(
        "What the agent may do to the services it reaches. `ReadOnly` is refused for now: it needs the credential proxy, which is not there yet",
      ),
    environment: sessionVariablesSchema
      .default({})
      .describe(
        'Variables for the agents of new sessions, as the table `[session.environment]` of `NAME = "value"`. They are no place for secrets: those are for `clauderon credentials set`',
      ),
  }),
  local: z.strictObject({
    sandbox: z
      .boolean()
      .default(false)
      .describe("Whether agents on this machine run under bubblewrap: root read-only, home hidden"),
  }),
  daemon: z.strictObject({
    http_port: z
      .int()
      .min(1)
      .max(65_535)
      .optional()
      .describe("Port of 127.0.0.1 where the daemon also serves its API, with a token; none when left out"),
  }),
  attach: z.strictObject({
    detach_keys: text
      .default(DETACH_KEYS)
      .describe("What to type to leave a session: characters and `ctrl-<letter>`, with commas between"),
  }),
});

/** Every setting, with the names that the file has for them. */
export type Config = z.output<typeof configSchema>;
export type Section = keyof Config;
