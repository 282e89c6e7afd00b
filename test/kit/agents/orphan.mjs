#!/usr/bin/env node
/** Leaves two processes behind: one in its group that holds its stdout open, one in a session of its own. */
import { spawn } from "node:child_process";
import { step, SUCCESS } from "./step.mjs";

const inGroup = spawn("sleep", ["3601"], { stdio: ["ignore", "inherit", "ignore"] });
const ownSession = spawn("sleep", ["3602"], { stdio: "ignore", detached: true });
inGroup.unref();
ownSession.unref();
step({ ...SUCCESS, text: `${inGroup.pid} ${ownSession.pid}` });
