using System.CommandLine;
using Foxtrot.Inference.Devices;
using Foxtrot.Inference.Engine;
using Foxtrot.Inference.Models;
using Foxtrot.Model;
using Foxtrot.Output;
using Spectre.Console;

namespace Foxtrot.Commands;

/// <summary>Which model runs where: shared by every command that loads one.</summary>
internal sealed class ModelOptions
{
    private readonly Option<string?> _model = Options.Text("--model", "A model folder as on Hugging Face (default: the bundled story model)", "folder");
    private readonly Option<string?> _onnxFile = Options.Text("--onnx-file", "Which ONNX file of the folder", "file");
    private readonly Option<string?> _device = Options.Text("--device", "cpu or cuda:N (default: cpu)", "device");
    private readonly Option<int?> _threads = Options.Number<int>("--threads", "Threads for one operator on the CPU; 0 is min(2, processors, heads)");

    private readonly Option<bool> _spin = Options.Flag("--spin", "Let the threads of an operator spin while they wait: faster on quiet cores, much slower on busy ones");

    /// <summary>Adds the options to a command.</summary>
    public void AddTo(Command command)
    {
        command.Add(_model);
        command.Add(_onnxFile);
        command.Add(_device);
        command.Add(_threads);
        command.Add(_spin);
    }

    /// <summary>Loads the model and starts its engine, with a sign of life for people when that takes a while.</summary>
    public ServedModel Open(ParseResult parsed, EngineOptions options, Terminal terminal, EngineObserver? observer = null)
    {
        var folder = parsed.GetValue(_model);
        if (folder is { Length: 0 })
        {
            throw new UsageException("--model must be a folder, but is empty");
        }

        var text = parsed.GetValue(_device) ?? "cpu";
        if (!Device.TryParse(text, out var device))
        {
            throw new UsageException($"--device must be cpu or cuda:N, but is '{text}'");
        }

        var threads = Options.Bounded("--threads", parsed.GetValue(_threads) ?? 0, 0, 1024);
        var loading = new ModelLoadOptions { IntraOpThreads = threads, AllowSpinning = parsed.GetValue(_spin) };
        ServedModel Load() => ServedModel.Open(folder ?? BundledModel.Folder, folder is null ? BundledModel.Name : null, parsed.GetValue(_onnxFile), device, loading, options, observer);
        var served = terminal.IsInteractive
            ? terminal.Console.Status().Start("Loading the model", _ => Load())
            : Load();
        Warn(served, terminal);
        return served;
    }

    /// <summary>Says what about a model makes it slower than it could be.</summary>
    public static void Warn(ServedModel served, Terminal terminal)
    {
        if (served.Graph.RowsDependReason is { } reason)
        {
            terminal.Error($"warning: {reason}: sequences run one at a time, so that text stays reproducible");
        }

        if (served.Graph.PadSingleRow)
        {
            terminal.Error("warning: MatMulNBits without accuracy_level 4 is many times slower; export the model with accuracy_level 4");
        }
    }
}
