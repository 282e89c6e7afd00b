import { Secret } from "@clauderon/base";
import type { CommandContext } from "./commandContext.ts";
import { Interrupted } from "./interrupted.ts";

const [CTRL_C, CTRL_D, CTRL_U, BACKSPACE, DELETE] = ["\u0003", "\u0004", "\u0015", "\b", "\u007f"];

/** Asks on the terminal for a line that stays hidden. Ctrl-C stops the command. */
export function readHidden(question: string, { atExit }: CommandContext): Promise<Secret> {
  const { stdin, stderr } = process;
  const show = () => void stdin.setRawMode(false);
  atExit(show);
  stderr.write(question);
  stdin.setRawMode(true);
  stdin.setEncoding("utf8");
  return new Promise((resolve, reject) => {
    let line = "";
    const finish = (settle: () => void) => {
      stdin.off("data", take);
      stdin.pause();
      show();
      stderr.write("\n");
      settle();
    };
    const take = (text: string) => {
      for (const key of text) {
        if (key === "\r" || key === "\n" || key === CTRL_D) return finish(() => resolve(new Secret(line)));
        if (key === CTRL_C) return finish(() => reject(new Interrupted("SIGINT", 130)));
        if (key === CTRL_U) line = "";
        else if (key === BACKSPACE || key === DELETE) line = line.replace(/.$/u, "");
        else line += key;
      }
    };
    stdin.on("data", take);
  });
}
