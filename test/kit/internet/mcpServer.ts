import type { IncomingMessage, ServerResponse } from "node:http";
import type { Handler } from "./listen.ts";
import { answerJson, listenPlain } from "./listen.ts";
import type { RecordedRequest } from "./recorder.ts";
import { readParsedBody, Recorder } from "./recorder.ts";

export interface McpEcho {
  readonly handle: Handler;
  /** Oldest first; the newest 1,000 are kept. `body` is the JSON-RPC message. */
  readonly requests: readonly RecordedRequest[];
}

export interface McpEchoServer extends Pick<McpEcho, "requests"> {
  /** The streamable-HTTP endpoint. */
  readonly url: string;
  stop(): Promise<void>;
}

interface RpcMessage {
  readonly id?: string | number;
  readonly method?: string;
  readonly params?: {
    readonly protocolVersion?: string;
    readonly name?: string;
    readonly arguments?: { readonly text?: string };
  };
}

const ECHO_TOOL = {
  name: "echo",
  description: "Returns the text it is given.",
  inputSchema: { type: "object", properties: { text: { type: "string" } }, required: ["text"] },
};

/** A stateless streamable-HTTP MCP server with the one tool `echo`, on plain loopback HTTP. */
export async function startMcpEcho({ port }: { readonly port?: number } = {}): Promise<McpEchoServer> {
  const { handle, requests } = createMcpEcho();
  const listener = await listenPlain(handle, port);
  return { url: `http://127.0.0.1:${listener.port}/mcp`, requests, stop: () => listener.stop() };
}

/** The same without a listener; it answers on every path. */
export function createMcpEcho(): McpEcho {
  const recorder = new Recorder();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, body } = recorder.add(request, await readParsedBody(request));
    if (method !== "POST") return answerJson(response, 405, { error: "only POST" }, { allow: "POST" });
    const message: RpcMessage = typeof body === "object" && body !== null ? body : {};
    if (message.id === undefined) return void response.writeHead(202).end();
    answerJson(response, 200, { jsonrpc: "2.0", id: message.id, ...reply(message) });
  }

  return { handle, requests: recorder.requests };
}

function reply({ method, params }: RpcMessage): { result: unknown } | { error: unknown } {
  if (method === "initialize") {
    return {
      result: {
        protocolVersion: params?.protocolVersion ?? "2025-06-18",
        capabilities: { tools: {} },
        serverInfo: { name: "echo", version: "1.0.0" },
      },
    };
  }
  if (method === "ping") return { result: {} };
  if (method === "tools/list") return { result: { tools: [ECHO_TOOL] } };
  if (method !== "tools/call") return { error: { code: -32_601, message: `Method not found: ${method}` } };
  if (params?.name !== ECHO_TOOL.name) return { error: { code: -32_602, message: `Unknown tool: ${params?.name}` } };
  return { result: { content: [{ type: "text", text: params.arguments?.text ?? "" }] } };
}
