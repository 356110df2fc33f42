namespace Foxtrot.Process.Tests.Processes;

/// <summary>Tests that start processes run one after another: each needs the whole machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class OneAtATime
{
    /// <summary>The collection's name.</summary>
    public const string Name = "processes";
}
