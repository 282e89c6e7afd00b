#!/usr/bin/env node
/** Reports its result and does not leave; SIGTERM ends it. */
import { hang, step, SUCCESS } from "./step.mjs";

step(SUCCESS);
hang();
