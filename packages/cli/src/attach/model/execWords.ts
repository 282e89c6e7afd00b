import { Fault } from "@clauderon/base/fault";

/** What follows a session's name: further options, then the command. */
export interface ExecWords {
  /** Undefined when no option says whether the command gets a terminal. */
  readonly tty: boolean | undefined;
  readonly argv: readonly string[];
}

/** Each option that may follow the name, with its effect on the terminal. Standard input is always passed on. */
const OPTIONS: Readonly<Record<string, boolean | undefined>> = {
  "-t": true,
  "--tty": true,
  "-it": true,
  "-ti": true,
  "-T": false,
  "--no-tty": false,
  "-i": undefined,
  "--stdin": undefined,
};

/**
 * Reads options up to `--` or the first word that is not an option; the rest is the command. USAGE for an unknown
 * option.
 */
export function readExecWords(name: string, words: readonly string[], tty: boolean | undefined): ExecWords {
  let [at, wanted] = [0, tty];
  for (let word = words[at]; word !== undefined && Object.hasOwn(OPTIONS, word); word = words[at]) {
    wanted = OPTIONS[word] ?? wanted;
    at += 1;
  }
  const hint = `Run \`clauderon exec ${name} -- COMMAND\``;
  const first = words[at];
  const argv = first === "--" ? words.slice(at + 1) : words.slice(at);
  if (argv.length === 0) throw new Fault("USAGE", "No command given", { hint });
  if (first !== "--" && first?.startsWith("-")) throw new Fault("USAGE", `Unknown option '${first}'`, { hint });
  return { tty: wanted, argv };
}
