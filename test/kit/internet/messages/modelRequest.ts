/** A tool's outcome as the agent reported it back to the model. */
interface ToolResult {
  readonly toolUseId: string;
  readonly text: string;
  readonly isError: boolean;
}

/** What one `POST /v1/messages` says, in the words a script wants to decide by. */
export interface ModelRequest {
  readonly model: string;
  readonly stream: boolean;
  /** The system prompt as one text. */
  readonly system: string;
  /** Every text a user message holds, tool results left out, joined by newlines: the prompt and all later ones. */
  readonly prompt: string;
  /** The texts of the last message, tool results left out; empty when the agent only reports tool results. */
  readonly lastText: string;
  /** The tool results in the last message, in order. */
  readonly toolResults: readonly ToolResult[];
  /** Names of the tools the agent offers; empty for its side requests (titles, quota probes). */
  readonly tools: readonly string[];
  /** How many turns of this scenario this conversation has had before: 0 for the first request. */
  readonly turn: number;
  /** The API key or bearer token it came with. */
  readonly token: string | undefined;
  /** Claude Code's session id, from its header `x-claude-code-session-id`. */
  readonly sessionId: string | undefined;
  /** The whole body as sent. */
  readonly body: MessagesBody;
}

export interface MessagesBody {
  readonly model?: string;
  readonly stream?: boolean;
  readonly system?: Content;
  readonly messages?: readonly { readonly role: string; readonly content: Content }[];
  readonly tools?: readonly { readonly name?: string }[];
}

type Content = string | readonly Block[];

interface Block {
  readonly type: string;
  readonly text?: string;
  readonly tool_use_id?: string;
  readonly is_error?: boolean;
  readonly content?: Content;
}

/** Reads a Messages API body; unknown parts are left alone. */
export function readModelRequest(
  body: MessagesBody,
  from: Pick<ModelRequest, "token" | "sessionId">,
): Omit<ModelRequest, "turn"> {
  const messages = body.messages ?? [];
  const last = messages.at(-1)?.content;
  return {
    ...from,
    model: body.model ?? "unknown",
    stream: body.stream === true,
    system: textOf(body.system),
    prompt: messages
      .filter(({ role }) => role === "user")
      .map(({ content }) => textOf(content))
      .filter((text) => text !== "")
      .join("\n"),
    lastText: textOf(last),
    toolResults: blocksOf(last).flatMap(toToolResult),
    tools: (body.tools ?? []).flatMap(({ name }) => name ?? []),
    body,
  };
}

function toToolResult(block: Block): readonly ToolResult[] {
  if (block.type !== "tool_result") return [];
  return [{ toolUseId: block.tool_use_id ?? "", text: textOf(block.content), isError: block.is_error === true }];
}

function textOf(content: Content | undefined): string {
  return blocksOf(content)
    .flatMap((block) => (block.type === "text" ? (block.text ?? []) : []))
    .join("\n");
}

function blocksOf(content: Content | undefined): readonly Block[] {
  return typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
}
