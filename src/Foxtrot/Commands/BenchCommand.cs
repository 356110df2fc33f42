using System.CommandLine;
using Foxtrot.Output;

namespace Foxtrot.Commands;

/// <summary><c>foxtrot bench</c>: measures this machine.</summary>
internal static class BenchCommand
{
    /// <summary>The command.</summary>
    public static Command Create(Terminal terminal) => new("bench", "Measure this machine, a server, or a cluster.")
    {
        BenchSamplerCommand.Create(terminal),
        BenchEngineCommand.Create(terminal),
        BenchLoadCommand.Create(terminal),
        BenchScaleCommand.Create(terminal),
    };
}
