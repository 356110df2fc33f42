using Microsoft.Extensions.DependencyInjection;
using Orleans.Storage;

namespace Foxtrot.Cluster.Tests.Hosting;

/// <summary>What the storage tests store.</summary>
[GenerateSerializer, Alias("foxtrot.tests.note")]
public sealed record Note
{
    [Id(0)]
    public string Text { get; set; } = "";

    [Id(1)]
    public double[] Numbers { get; set; } = [];
}

[Alias("foxtrot.tests.INote")]
public interface INoteGrain : IGrainWithStringKey
{
    [Alias("Write")]
    Task Write(Note note);

    [Alias("Read")]
    Task<Note?> Read();

    [Alias("Forget")]
    Task Forget();

    /// <summary>Writes as an activation would that read the state before its latest change; true when refused.</summary>
    [Alias("WriteStale")]
    Task<bool> WriteStale(Note note);
}

internal sealed class NoteGrain([PersistentState("sessions", "sessions")] IPersistentState<Note> state) : Grain, INoteGrain
{
    public Task Write(Note note)
    {
        state.State = note;
        return state.WriteStateAsync();
    }

    public async Task<Note?> Read()
    {
        await state.ReadStateAsync();
        return state.RecordExists ? state.State : null;
    }

    public Task Forget() => state.ClearStateAsync();

    public async Task<bool> WriteStale(Note note)
    {
        var storage = ServiceProvider.GetRequiredKeyedService<IGrainStorage>("sessions");
        var stale = new GrainState<Note>(note, state.Etag) { RecordExists = true };
        await Write(state.State with { Text = state.State.Text + "!" });
        try
        {
            await storage.WriteStateAsync("sessions", this.GetGrainId(), stale);
            return false;
        }
        catch (InconsistentStateException)
        {
            return true;
        }
    }
}
