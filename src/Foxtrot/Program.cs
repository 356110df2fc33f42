using Foxtrot.Commands;
using Foxtrot.Output;

using var terminal = Terminal.FromProcess();
return await FoxtrotCommand.RunAsync(args, terminal);
