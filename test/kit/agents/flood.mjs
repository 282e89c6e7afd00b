#!/usr/bin/env node
/** Prints 100 MB of steps as fast as it can, half of them in lines of 1 MB, then one line of 400 MB, then ends well. */
import { once } from "node:events";
import { SUCCESS } from "./step.mjs";

const short = `${JSON.stringify({ type: "other", name: "x".repeat(970) })}\n`.repeat(1_000);
const endless = "z".repeat(1_000_000);
const long = `${JSON.stringify({ type: "text", text: "y".repeat(1_000_000) })}\n`;
for (let megabyte = 0; megabyte < 100; megabyte += 1) {
  if (!process.stdout.write(megabyte % 2 === 0 ? short : long)) await once(process.stdout, "drain");
}
for (let megabyte = 0; megabyte < 400; megabyte += 1) {
  if (!process.stdout.write(endless)) await once(process.stdout, "drain");
}
process.stdout.write(`\n${JSON.stringify(SUCCESS)}\n`);
