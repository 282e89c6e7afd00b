#!/usr/bin/env node
/** Fails before it has said anything a program could read. */
process.stderr.write("scripted agent: cannot find my brain\n");
process.exitCode = 1;
