import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Fault, messageOf } from "@clauderon/base/fault";
import { promptProblem } from "@clauderon/protocol/wire";
import type { CliConfig } from "./config.ts";

/** How the user gave a prompt: as words, or in a file, `-` for standard input. */
export interface PromptSource {
  readonly text: string | undefined;
  readonly file: string | undefined;
}

/**
 * The prompt exactly as the user gave it; undefined without one. USAGE when there are two, or when it is empty or holds
 * what no agent takes.
 */
export function readPrompt({ text, file }: PromptSource, config: CliConfig): string | undefined {
  if (text !== undefined && file !== undefined) {
    throw new Fault("USAGE", "The prompt is given twice", { hint: "Give a text or a file, not both" });
  }
  const prompt = file === undefined ? text : readText(file, config);
  if (prompt === undefined) return undefined;
  if (prompt.trim() === "") throw new Fault("USAGE", "The prompt is empty");
  const problem = promptProblem(prompt);
  if (problem !== undefined) throw new Fault("USAGE", `The prompt ${problem}`);
  return prompt;
}

function readText(file: string, { workingDirectory }: CliConfig): string {
  const [name, path] = file === "-" ? ["Standard input", 0] : [file, resolve(workingDirectory, file)];
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(readFileSync(path));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === "ERR_ENCODING_INVALID_ENCODED_DATA") throw new Fault("USAGE", `${name} is not UTF-8 text`, { cause });
    throw new Fault("FILE_UNREADABLE", `Cannot read ${name}: ${messageOf(cause)}`, { cause });
  }
}
