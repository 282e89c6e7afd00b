import type { KubeObject } from "@clauderon/base";
import { z } from "zod";
import { referencedStatus } from "./schema/condition.ts";
import { withRules } from "./schema/rule.ts";
import { AGE, defineKind } from "./kind.ts";

const url = withRules(z.string().max(2048), [
  { rule: "self.matches('^https?://[^ /?#]+[^ ]*$')", message: "must be an http or https URL" },
]);

const spec = withRules(
  z.object({
    command: z
      .string()
      .min(1)
      .max(4096)
      .exactOptional()
      .describe("Program to start in the agent's container; it speaks MCP on stdio."),
    args: z.array(z.string().max(4096)).max(256).exactOptional().describe("Arguments of the command."),
    url: url.exactOptional().describe("Address of a server that runs elsewhere and speaks MCP over HTTP."),
  }),
  [
    { rule: "has(self.command) != has(self.url)", message: "exactly one of command and url must be set" },
    {
      rule: "has(self.command) || !has(self.args) || size(self.args) == 0",
      message: "args can be set only together with command",
    },
  ],
);

export const MCP_SERVERS = defineKind<McpServer>({
  kind: "McpServer",
  plural: "mcpservers",
  shortNames: ["mcp"],
  description:
    "An McpServer gives the agent more tools over the Model Context Protocol: a command that is started beside it, or a URL. Its name is part of the tools' names: mcp__<name>__<tool>.",
  spec,
  status: referencedStatus,
  columns: [
    {
      name: "Command",
      type: "string",
      jsonPath: ".spec.command",
      description: "The program started beside the agent.",
    },
    { name: "URL", type: "string", jsonPath: ".spec.url", description: "The address of a remote server." },
    AGE,
  ],
});

/** A server of tools, local or remote. */
export interface McpServer extends KubeObject {
  readonly spec: z.output<typeof spec>;
  readonly status?: z.output<typeof referencedStatus>;
}
