#!/usr/bin/env node
/** Shows where it is and what it was given: the working directory, the environment and the arguments. */
import { step, SUCCESS } from "./step.mjs";

const shown = { cwd: process.cwd(), environment: process.env, arguments: process.argv.slice(2) };
step({ ...SUCCESS, text: JSON.stringify(shown) });
