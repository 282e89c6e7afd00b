import { setTimeout as pause } from "node:timers/promises";

/** What is asked of a process, and how long before that is killed. */
export interface Ask<Answer = unknown> {
  readonly name: string;
  readonly beforeMs: number;
  ask(): Promise<Answer>;
}

/** Asks each at its moment, then kills. Returns the answers by name, later ones too; a failed ask has no answer. */
export async function killAmid<Answer>(
  asks: readonly Ask<Answer>[],
  kill: () => Promise<unknown>,
): Promise<ReadonlyMap<string, Answer>> {
  const spanMs = Math.max(...asks.map(({ beforeMs }) => beforeMs));
  const answers = asks.map(async (one) => {
    await pause(spanMs - one.beforeMs);
    return [one.name, await one.ask().catch(() => undefined)] as const;
  });
  await pause(spanMs);
  await kill();
  const known = await Promise.all(answers);
  return new Map(known.flatMap(([name, answer]) => (answer === undefined ? [] : [[name, answer] as const])));
}
