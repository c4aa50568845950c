import type { TObject } from 'typebox';
import type { AnyCommand, Command } from './command.ts';
import { parameterReader } from './parameters.ts';

/** Declares a wire command of voice: what all of them have in common. */
export const defineVoiceCommand = <Schema extends TObject>(command: Command<Schema>): AnyCommand =>
  defineCommand({ ...command, asyncStatus: 200 });

/** Declares a wire command: compiles its parameter reader once and hides its types from the table it goes into. */
export function defineCommand<Schema extends TObject>(command: Command<Schema>): AnyCommand {
  const read = parameterReader(command.parameters);
  const { run, ...declaration } = command;
  return {
    ...declaration,
    prepare: (raw) => {
      const parameters = read(raw);
      return (call, services) => run({ ...call, parameters }, services);
    },
  };
}
