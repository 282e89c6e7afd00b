import { z } from "zod";
import { withRules } from "./schema/rule.ts";
import { defineReferencedKind, type ReferencedObject } from "./kind.ts";

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
      .describe(
        "Program that the agent starts in its container. It must speak MCP over stdio. Exactly one of command and url must be set.",
      ),
    args: z
      .array(z.string().max(4096))
      .max(256)
      .exactOptional()
      .describe("Arguments of the command. Can be set only together with command."),
    url: url
      .exactOptional()
      .describe("Address of a remote server that speaks MCP over HTTP, starting with http:// or https://."),
  }),
  [
    { rule: "has(self.command) != has(self.url)", message: "exactly one of command and url must be set" },
    {
      rule: "has(self.command) || !has(self.args) || size(self.args) == 0",
      message: "args can be set only together with command",
    },
  ],
);

export const MCP_SERVERS = defineReferencedKind<McpServer>({
  kind: "McpServer",
  plural: "mcpservers",
  shortNames: ["mcp"],
  description:
    "McpServer provides tools to the agent over the Model Context Protocol (MCP). It is a command that the agent starts or the URL of a remote server. The name of the McpServer is part of the tool names: mcp__<name>__<tool>.",
  spec,
  columns: [
    {
      name: "Command",
      type: "string",
      jsonPath: ".spec.command",
      description: "Program that the agent starts.",
    },
    { name: "URL", type: "string", jsonPath: ".spec.url", description: "Address of a remote server." },
  ],
});

/** An MCP server, local or remote. */
export type McpServer = ReferencedObject<typeof spec>;
