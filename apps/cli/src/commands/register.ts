import type { Command } from 'commander';
import type { CommandContext } from '../server.js';

/** Adds one command to the program. */
export type Register = (program: Command, context: CommandContext) => void;
