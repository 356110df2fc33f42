using System.Reflection;

namespace Foxtrot.Gateway.Tests.Fakes;

/// <summary>A grain factory that gives out the objects that a test has put there, by interface and key.</summary>
internal sealed class FakeGrains
{
    private readonly Dictionary<(Type Interface, string Key), object> _grains = [];

    public FakeGrains()
    {
        Factory = DispatchProxy.Create<IGrainFactory, GrainFactoryProxy>();
        ((GrainFactoryProxy)Factory).Grains = this;
    }

    public IGrainFactory Factory { get; }

    /// <summary>Makes a grain where none was put; null has none.</summary>
    public Func<Type, string, object?> Default { get; set; } = (_, _) => null;

    public void Add<T>(string key, T grain) where T : notnull => _grains[(typeof(T), key)] = grain;

    internal object Get(Type type, string key)
    {
        if (!_grains.TryGetValue((type, key), out var grain))
        {
            grain = Default(type, key) ?? throw new InvalidOperationException($"no {type.Name} {key}");
            _grains[(type, key)] = grain;
        }

        return grain;
    }
}

/// <summary>Answers GetGrain&lt;T&gt;(string key, ...) alone. Public and open, because the proxy is made from it at run time.</summary>
public class GrainFactoryProxy : DispatchProxy
{
    internal FakeGrains Grains { get; set; } = null!;

    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args) =>
        targetMethod is { Name: "GetGrain", IsGenericMethod: true } && args is [string key, ..]
            ? Grains.Get(targetMethod.GetGenericArguments()[0], key)
            : throw new NotSupportedException(targetMethod?.Name);
}
