using Foxtrot.Deployment.Tests.Manifests;

namespace Foxtrot.Deployment.Tests;

/// <summary>Every manifest is what the API server would take.</summary>
public sealed class LoadingTests
{
    private static readonly string[] Folders = ["base", "components"];

    public static TheoryData<string> Files =>
    [
        .. Folders
            .SelectMany(folder => Directory.EnumerateFiles(RepositoryRoot.At("k8s", folder), "*.yaml", SearchOption.AllDirectories))
            .Append(RepositoryRoot.At("k8s", "restore.yaml"))
            .Where(file => Path.GetFileName(file) != "kustomization.yaml")
            .Select(file => Path.GetRelativePath(RepositoryRoot.Folder, file))
            .Order(StringComparer.Ordinal),
    ];

    [Theory]
    [MemberData(nameof(Files))]
    public void Every_manifest_has_only_fields_that_its_type_has(string file) =>
        Assert.NotEmpty(ManifestSet.Read(File.ReadAllText(RepositoryRoot.At(file))).All);

    [Theory]
    [MemberData(nameof(Overlays.All), MemberType = typeof(Overlays))]
    public void Every_overlay_renders_to_manifests_with_only_fields_that_their_types_have(string folder)
    {
        var manifests = ManifestSet.Rendered(folder);
        Assert.Equal(manifests.All.Count, manifests.All.Select(o => (o.Kind, o.Metadata.Name)).Distinct().Count());
        Assert.All(manifests.All, o => Assert.Equal("foxtrot", o.Kind == "Namespace" ? o.Metadata.Name : o.Metadata.NamespaceProperty));
    }

    [Theory]
    [InlineData("kind: ConfigMap\napiVersion: v1\ndatas: {}")]
    [InlineData("kind: Deployment\napiVersion: apps/v1\nspec: {template: {spec: {containers: [{name: a, readinesProbe: {}}]}}}")]
    [InlineData("kind: ScaledObject\napiVersion: keda.sh/v1alpha1\nspec: {scaleTargetRef: {name: a}, maxReplicas: 3}")]
    [InlineData("kind: Unheard\napiVersion: of/v1")]
    public void A_field_or_type_that_nobody_knows_is_refused(string manifest) => Assert.ThrowsAny<Exception>(() => ManifestSet.Read(manifest));
}
