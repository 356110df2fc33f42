namespace Foxtrot.Sampling;

/// <summary>One thing that is wrong with a request's parameters.</summary>
/// <param name="Field">The parameter's wire name, such as <c>top_p</c>.</param>
/// <param name="Message">A sentence that names field, bound and value: "top_p must be in (0, 1], but is 1.5".</param>
public sealed record ParameterError(string Field, string Message);
