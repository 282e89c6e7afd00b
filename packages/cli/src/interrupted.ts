/** The user, or whoever ends this process, wants the command to stop. Said already by doing it: nothing is printed for it. */
export class Interrupted extends Error {
  /** 128 + the number of the signal, as shells report it. */
  readonly exitCode: number;

  constructor(signal: string, exitCode: number) {
    super(`Stopped by ${signal}`);
    this.name = "Interrupted";
    this.exitCode = exitCode;
  }
}
