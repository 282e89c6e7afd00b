import { Fault, printedFault } from "@clauderon/base";
import { damageOf } from "./damage.ts";

/** The receiving side rejects objects that fail its check. */
const UNSOUND = /^(?:remote: )?(?:fatal|error): .*\b(fsck error|object [0-9a-f]{40,64}: )/m;

/**
 * The Fault for a failed transfer with a session, from the output of git and its remote helper. A remote's text is
 * cleaned.
 */
export function transferFault(session: string, stderr: string): Fault {
  const text = stderr.replace(/[^\P{C}\n\r]/gu, "").replaceAll("\r", "\n");
  const ours = printedFault(text);
  if (ours !== undefined) return withDamage(session, ours);
  const lines = text.split("\n").filter((line) => line.trim() !== "");
  const said = lines.find((line) => /^(remote: )?(fatal|error):/.test(line)) ?? lines.at(-1) ?? "git said nothing";
  const why = said.replace(/^(remote: )?(fatal|error): /, "").slice(0, 500);
  if (UNSOUND.test(text)) {
    return new Fault("REPOSITORY_UNAVAILABLE", `Session "${session}" sent damaged git objects: ${why}`, {
      hint: "Nothing was kept. Look at the session with clauderon attach",
    });
  }
  const damage = damageOf(text, "your repository", false);
  if (damage !== undefined) return new Fault("REPOSITORY_UNAVAILABLE", damage.message, { hint: damage.hint });
  return new Fault("REPOSITORY_UNAVAILABLE", `The transfer with session "${session}" failed: ${why}`);
}

/** git in the session reports damage only while it sends. */
function withDamage(session: string, fault: Fault): Fault {
  const damage = damageOf(fault.message, `session "${session}"`);
  return damage === undefined ? fault : new Fault(fault.code, damage.message, { hint: damage.hint, cause: fault });
}

/** The Fault for a transfer that made no progress for this long. */
export const stalledFault = (session: string, milliseconds: number, cause: Fault) =>
  new Fault(
    "REPOSITORY_UNAVAILABLE",
    `The transfer with session "${session}" made no progress for ${Math.round(milliseconds / 1_000)} s and was ended`,
    { cause, hint: `Nothing was changed. See whether the session answers: clauderon show ${session}` },
  );
