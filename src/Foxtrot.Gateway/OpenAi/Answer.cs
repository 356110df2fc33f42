using Foxtrot.Contracts.Streams;
using Foxtrot.Contracts.Workers;
using Foxtrot.Gateway.Http;

namespace Foxtrot.Gateway.OpenAi;

/// <summary>What all parts of one answer share.</summary>
/// <param name="Format">The route's way to write.</param>
/// <param name="Request">What was asked.</param>
/// <param name="Model">The model.</param>
/// <param name="Id">The answer's name.</param>
/// <param name="Created">Unix seconds.</param>
/// <param name="Seed">The seed in use.</param>
internal sealed record Answer(AnswerFormat Format, OpenAiRequest Request, ModelInfo Model, string Id, long Created, ulong Seed)
{
    /// <summary>Whether completions show the most probable tokens.</summary>
    public bool WithTop => Request.TopLogProbabilities > 0;

    /// <summary>Writes what every answer and chunk begins with, up to the first choice.</summary>
    public void Head(JsonBytes json, string what, StreamStart start) =>
        AnswerFormat.Head(json, Id, what, Created, Model.Name, Seed, start, Model.SamplerVersion);
}
