/** Finds the data of server-sent events in a text that comes in pieces. Other fields and comments are passed over. */
export class EventStream {
  #rest = "";

  /** The data of each event that is complete with this piece. */
  push(piece: string): readonly string[] {
    const events = (this.#rest + piece).split(/\r?\n\r?\n/);
    this.#rest = events.pop() ?? "";
    return events.flatMap((event) => {
      const data = event.split(/\r?\n/).flatMap((line) => /^data:(?: ?)(.*)$/.exec(line)?.[1] ?? []);
      return data.length === 0 ? [] : [data.join("\n")];
    });
  }
}
