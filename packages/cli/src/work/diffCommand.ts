import { Git } from "@clauderon/git/git";
import { Fault } from "@clauderon/base/fault";
import type { CommandContext } from "../commandContext.ts";
import { connectDaemon } from "../daemon/connectDaemon.ts";
import { pullWithProgress, type WorkRequest } from "./transfer.ts";

export interface DiffRequest extends WorkRequest {
  readonly stat: boolean;
  readonly nameOnly: boolean;
}

/** Shows everything a session has changed since it began, including uncommitted work. */
export async function diffCommand(request: DiffRequest, context: CommandContext): Promise<void> {
  const { name, json, stat, nameOnly } = request;
  const client = await connectDaemon(context.config);
  const [session, pulled] = [await client.get(name), await pullWithProgress(request, { client, context })];
  const git = Git.asTyped(session.spec.repository, context.config.environment);
  const began = `refs/clauderon/incoming/${name}`;
  const range = [began, pulled.commit];
  if (json) {
    const listed = await git.ask(["diff-tree", "-r", "-z", "--no-renames", "--name-status", ...range]);
    if (listed === undefined) throw unreadable(name, session.spec.repository);
    context.print(JSON.stringify({ from: began, to: pulled.commit, files: filesOf(listed) }, null, 2));
    return;
  }
  // The session's content must run nothing here: neither the converters of its attributes nor a diff driver that they
  // name.
  const safe = ["--no-ext-diff", "--no-textconv", "--submodule=short"];
  const shape = [...(stat ? ["--stat"] : []), ...(nameOnly ? ["--name-only"] : [])];
  const code = await git.show(["diff", ...safe, ...shape, ...range, "--"]);
  if (code !== 0) context.setExitCode(code);
}

function filesOf(listed: string): readonly { readonly status: string; readonly path: string }[] {
  const fields = listed.split("\0");
  return fields.flatMap((status, index) =>
    index % 2 === 0 && status !== "" ? [{ status, path: fields[index + 1] ?? "" }] : [],
  );
}

const unreadable = (name: string, folder: string) =>
  new Fault("REPOSITORY_UNAVAILABLE", `Cannot read the base commit of session "${name}" in ${folder}`);
