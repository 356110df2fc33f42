using Foxtrot.Commands;
using Foxtrot.Output;

namespace Foxtrot;

internal static class Program
{
    private static async Task<int> Main(string[] args)
    {
        using var terminal = Terminal.FromProcess();
        return await FoxtrotCommand.RunAsync(args, terminal);
    }
}
