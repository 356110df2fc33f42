using Foxtrot.Cluster.Workers;
using Foxtrot.Commands;
using Foxtrot.Output;

namespace Foxtrot.Serving;

/// <summary>The models of this process, opened before anything else so that what is wrong with them is one clear line.</summary>
internal sealed class OpenModels : IAsyncDisposable
{
    private readonly List<WorkerModel> _models = [];

    private OpenModels()
    {
    }

    /// <summary>The models, ready to generate.</summary>
    public IReadOnlyList<WorkerModel> All => _models;

    /// <summary>Which engine has failed, for people; null while all of them run.</summary>
    public string? Failure => _models.Find(m => m.Served.Engine.Completion.IsFaulted) is { } failed ? $"the engine of model '{failed.Info.Name}' has failed" : null;

    /// <summary>Opens and checks the models; a gateway has none.</summary>
    /// <exception cref="Exception">One of them cannot be served; those before it are closed again.</exception>
    public static async Task<OpenModels> OpenAsync(ServeOptions options, Terminal terminal)
    {
        var opened = new OpenModels();
        try
        {
            foreach (var source in options.Role == ServeRole.Gateway ? [] : options.Models)
            {
                var model = WorkerModel.Open(source.Folder, source.Name, options.OnnxFile, options.Device, options.Loading, options.Engine, options.Queue);
                opened._models.Add(model);
                ModelOptions.Warn(model.Served, terminal);
                if (model.Served.Model.SyntheticStep is not null)
                {
                    terminal.Error($"warning: {model.Info.Name} is no model: its steps wait and its text is made up ({ServeSetting.SyntheticStep.Option})");
                }

                if (model.Inexact is { } reason)
                {
                    terminal.Error($"warning: {model.Info.Name} may give other text for the same seed: {reason}");
                }
            }

            return opened;
        }
        catch
        {
            await opened.DisposeAsync();
            throw;
        }
    }

    /// <summary>Stops the engines and frees the models.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (var model in _models)
        {
            await model.DisposeAsync();
        }
    }
}
