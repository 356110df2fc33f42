using System.Diagnostics.CodeAnalysis;
using Foxtrot.Cluster.Placement;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Workers;

namespace Foxtrot.Gateway.Tests.Fakes;

/// <summary>Two models that are served and one that was.</summary>
internal sealed class FakeCatalog : IModelCatalog
{
    public const string Story = "story";
    public const string Slashed = "org/small-model";
    public const string Gone = "gone";

    public IReadOnlyList<ModelInfo> Models { get; set; } = [Model(Story), Model(Slashed)];

    public static ModelInfo Model(string name) => new(name, "0123456789abcdef", "fedcba9876543210", true, 1, "cpu", 512, 4096, true, 8);

    public bool TryFind(string name, [NotNullWhen(true)] out ModelInfo? model)
    {
        model = Models.FirstOrDefault(m => m.Name == name);
        return model is not null;
    }

    public string? NameOf(string modelHash) => Models.Select(m => m.Name).Append(Gone).FirstOrDefault(name => SessionId.HashOf(name) == modelHash);

    public bool WasSeen(string name) => name == Gone;
}
