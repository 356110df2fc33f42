using BenchmarkDotNet.Running;
using Benchmarks.Models;

// `make-model FOLDER` writes a random model of 15M parameters for `foxtrot bench engine` and `foxtrot serve`.
if (args is ["make-model", var folder])
{
    RandomModel.Write(folder);
    return;
}

BenchmarkSwitcher.FromAssembly(typeof(Program).Assembly).Run(args);
