import { homedir } from "node:os";
import { Fault } from "@clauderon/base/fault";

/**
 * The id of the user who runs this process. The system need not know the user by name, as in a container that runs with an
 * arbitrary id; `userInfo` of node:os throws there.
 */
export function ownUid(): number {
  return process.getuid?.() ?? 0;
}

/** The user's home: HOME, else what the system says. CONFIG_INVALID when neither does. */
export function homeOf({ HOME }: Readonly<Record<string, string | undefined>>): string {
  if (HOME !== undefined && HOME !== "") return HOME;
  try {
    // With an empty HOME, it returns that.
    const home = homedir();
    if (home !== "") return home;
  } catch {
    // The system has no entry for this user.
  }
  throw new Fault("CONFIG_INVALID", `HOME is not set, and the system knows no home folder of user ${ownUid()}`, {
    hint: "Set HOME to your home folder",
  });
}
