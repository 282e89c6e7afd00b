#!/usr/bin/env node
/** Is killed while it works, as by the kernel when memory runs out. */
import { step } from "./step.mjs";

step({ type: "text", text: "Allocating" });
process.kill(process.pid, "SIGKILL");
