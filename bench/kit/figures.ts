import { execFileSync } from "node:child_process";
import { cpus, loadavg } from "node:os";

type Unit = "ms" | "MB/s" | "MiB" | "%" | "count";

/** The measured values of one thing, and what to compare them with. */
export interface Figures {
  readonly label: string;
  readonly unit: Unit;
  readonly values: readonly number[];
  /** The goal for the median: a maximum for `ms`, `MiB` and `%`, a minimum for `MB/s`. */
  readonly aim?: number;
  /** The least possible, on the same machine at the same time. */
  readonly baseline?: Figures;
  /** How many `ms` the median may exceed that of the baseline. */
  readonly aimAdded?: number;
}

const HEAD = ["p50", "p95", "min", "max"].map((name) => name.padStart(9)).join("");
const LABEL = 46;

/** The value that this share of the values, from 0 to 1, does not exceed; 0 for an empty list. */
function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? 0;
}

const median = (values: readonly number[]) => percentile(values, 0.5);

/** Opens a table: title, the machine's current state, and the names of the columns. */
export function printHead(title: string): void {
  const start = Array.from({ length: 5 }, () => timeOf(() => execFileSync(process.execPath, ["-e", "0"])));
  const machine = `${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}, node ${process.version}, node -e 0 ${format(median(start), "ms")}`;
  process.stdout.write(`\n${title} (${machine})\n${"".padEnd(LABEL)}${HEAD}\n`);
}

/** Prints a line of the table and returns the figures, so that other figures can use them as their baseline. */
export function printFigures(figures: Figures): Figures {
  const { label, unit, values } = figures;
  const numbers = [median(values), percentile(values, 0.95), Math.min(...values), Math.max(...values)];
  const columns = numbers.map((number) => format(number).padStart(9)).join("");
  process.stdout.write(`${label.padEnd(LABEL)}${columns} ${unit.padEnd(5)}${comparisons(figures)}\n`);
  return figures;
}

function comparisons({ unit, values, aim, aimAdded, baseline }: Figures): string {
  const found = median(values);
  const parts = [`n ${values.length}`];
  if (baseline !== undefined) {
    const added = found - median(baseline.values);
    const addedLate = percentile(values, 0.95) - percentile(baseline.values, 0.95);
    parts.push(`${format(found / median(baseline.values))} × ${baseline.label}`);
    if (unit === "ms") parts.push(`adds ${format(added)} ms (p95 ${format(addedLate)} ms)`);
    if (aimAdded !== undefined) parts.push(verdict(added, aimAdded, `adding ${aimAdded} ms`));
  }
  if (aim !== undefined) parts.push(verdict(found, aim, `${aim} ${unit}`, unit === "MB/s"));
  return parts.join("; ");
}

const verdict = (found: number, aim: number, words: string, isLeast = false) =>
  `${format(found / aim)} × aim of ${words}${(isLeast ? found >= aim : found <= aim) ? "" : " (MISSED)"}`;

function format(value: number, unit = ""): string {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  return `${value.toFixed(digits)}${unit === "" ? "" : ` ${unit}`}`;
}

/** Milliseconds that it takes. */
function timeOf(action: () => unknown): number {
  const begin = performance.now();
  action();
  return performance.now() - begin;
}
