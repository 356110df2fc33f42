using System.Text.RegularExpressions;
using k8s.Models;

namespace Foxtrot.Deployment.Tests.Manifests;

/// <summary>The environment that a container finds, as the kubelet puts it together; whatever it refers to must be there.</summary>
internal static partial class PodEnvironment
{
    /// <summary>Stands for every value of a secret; long enough for an admin key.</summary>
    public const string Secret = "0123456789abcdef0123456789abcdef0123456789abcdef";

    /// <summary>The variables of the only container of a workload's pods.</summary>
    public static IReadOnlyDictionary<string, string> Of(ManifestSet manifests, Workload workload)
    {
        var variables = new Dictionary<string, string>();
        foreach (var source in workload.Container.EnvFrom ?? [])
        {
            var map = manifests.Find<V1ConfigMap>(source.ConfigMapRef.Name);
            Assert.True(map is not null, $"{workload.Name} takes its environment from the config map {source.ConfigMapRef.Name}, which is not there.");
            foreach (var (name, value) in map.Data)
            {
                variables[name] = value;
            }
        }

        foreach (var variable in workload.Container.Env ?? [])
        {
            variables[variable.Name] = variable.Value is { } text ? Expand(text, variables, workload) : Resolve(variable, manifests, workload);
        }

        // What the kubelet adds itself.
        variables["KUBERNETES_SERVICE_HOST"] = "10.96.0.1";
        return variables;
    }

    // References are filled from variables before; one to a later or misspelt variable would stay as it is.
    private static string Expand(string text, Dictionary<string, string> variables, Workload workload) => Reference().Replace(text, match =>
    {
        var name = match.Groups[1].Value;
        Assert.True(variables.ContainsKey(name), $"{workload.Name}: '{text}' refers to {name}, which is not set before it.");
        return variables[name];
    });

    private static string Resolve(V1EnvVar variable, ManifestSet manifests, Workload workload)
    {
        var source = variable.ValueFrom;
        Assert.True(source is not null, $"{workload.Name}: {variable.Name} has neither a value nor a source.");
        if (source.SecretKeyRef is { } secret)
        {
            Assert.True(OperatorSecrets.Has(secret.Name, secret.Key), $"k8s/README.md does not say how to create the key {secret.Key} of the secret {secret.Name}.");

            // As a connection string, one that can be read.
            return variable.Name.StartsWith("ConnectionStrings__", StringComparison.Ordinal) ? $"cache.example:6379,password={Secret}" : Secret;
        }

        if (source.ConfigMapKeyRef is { } key)
        {
            var map = manifests.Find<V1ConfigMap>(key.Name);
            Assert.True(map?.Data.ContainsKey(key.Key) == true, $"{workload.Name}: {variable.Name} refers to {key.Name}/{key.Key}, which is not there.");
            return map.Data[key.Key];
        }

        var field = source.FieldRef.FieldPath;
        var label = Label().Match(field);
        if (label.Success)
        {
            Assert.True(workload.Template.Metadata.Labels.TryGetValue(label.Groups[1].Value, out var value), $"{workload.Name}: the pods have no {field}.");
            return value;
        }

        return field switch
        {
            "metadata.name" => $"{workload.Name}-0",
            "metadata.namespace" => workload.Template.Metadata.NamespaceProperty ?? "foxtrot",
            "status.podIP" => "10.1.2.3",
            _ => throw new InvalidOperationException($"{workload.Name}: this test does not know the field {field}."),
        };
    }

    [GeneratedRegex("""\$\((\w+)\)""")]
    private static partial Regex Reference();

    [GeneratedRegex("""^metadata\.labels\['([^']+)'\]$""")]
    private static partial Regex Label();
}
