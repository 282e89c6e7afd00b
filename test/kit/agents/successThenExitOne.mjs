#!/usr/bin/env node
/** Reports success and then fails. */
import { step, SUCCESS } from "./step.mjs";

step(SUCCESS);
process.exitCode = 1;
