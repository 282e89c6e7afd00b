import { Fault } from "@clauderon/base";

/** The Fault for a session whose work would fill the disk. */
export const floodFault = (session: string, what = "more files than a disk can hold"): Fault =>
  new Fault("REPOSITORY_UNAVAILABLE", `The work of session "${session}" has ${what}`, {
    hint: "Nothing was kept. Look at the session with clauderon attach",
  });
