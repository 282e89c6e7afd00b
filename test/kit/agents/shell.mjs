#!/usr/bin/env node
/** Runs its prompt as a shell script in its working directory, reports the output, and fails when the script fails. */
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { step, SUCCESS } from "./step.mjs";

const { status, stdout, stderr } = spawnSync("bash", ["-ec", readFileSync(0, "utf8")], { encoding: "utf8" });
const failed = { ok: false, reason: "AgentError", detail: stderr.trim() };
step({ ...SUCCESS, text: stdout.trim(), ...(status === 0 ? {} : { verdict: failed }) });
