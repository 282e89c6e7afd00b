#!/usr/bin/env node
/** Breaks its own protocol: half lines, other JSON, bytes that are not text, one line of 17 MiB. */
import { step, SUCCESS } from "./step.mjs";

process.stdout.write('Debugger attached.\n{"type":"text","te\n[1,2]\nnull\n{"type":"nonsense"}\n');
process.stdout.write(Buffer.from([0xff, 0xfe, 0x0a]));
process.stdout.write(`${"x".repeat(17 * 1_048_576)}\n`);
step({ type: "text", text: "\u001b[31mred\u001b[0m \u001b]0;title\u0007 \u202eevil\u0000" });
step(SUCCESS);
