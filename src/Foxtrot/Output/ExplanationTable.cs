using System.Globalization;
using Foxtrot.Inference.Tokenization;
using Foxtrot.Sampling;
using Spectre.Console;

namespace Foxtrot.Output;

/// <summary>Shows an explanation to people: a row per candidate, a column per stage.</summary>
internal static class ExplanationTable
{
    /// <summary>Writes the table with what was drawn above it.</summary>
    public static void Write(IAnsiConsole console, Explanation explanation, ITokenizer tokenizer)
    {
        console.WriteLine(Heading(explanation, tokenizer));
        var table = new Table { Border = console.Profile.Capabilities.Ansi ? TableBorder.Rounded : TableBorder.Ascii };
        table.AddColumn("token");
        table.AddColumn(new TableColumn("id").RightAligned());
        table.AddColumn(new TableColumn("logit").RightAligned());
        table.AddColumn(new TableColumn("probability").RightAligned());
        foreach (var stage in explanation.Stages)
        {
            table.AddColumn(new TableColumn(Markup.Escape($"{stage.Name} {Short(stage.Value)}\n{Left(stage)}")).RightAligned());
        }

        table.AddColumn(explanation.Method == DrawMethod.Gumbel && !explanation.Greedy ? "score" : "interval");
        table.AddColumn("outcome");
        foreach (var token in explanation.Tokens)
        {
            table.AddRow([.. Cells(token, tokenizer).Select(cell => new Text(cell, token.Selected ? new Style(Color.Green, decoration: Decoration.Bold) : Style.Plain))]);
        }

        console.Write(table);
    }

    /// <summary>A token's text in quotes, line breaks and other control characters as escapes.</summary>
    public static string Quoted(string text)
    {
        var quoted = new System.Text.StringBuilder("\"");
        foreach (var c in text)
        {
            _ = c switch
            {
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                '"' => quoted.Append("\\\""),
                _ when char.IsControl(c) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static string Heading(Explanation e, ITokenizer tokenizer)
    {
        var how = e.Greedy ? "greedy"
            : e.Method == DrawMethod.Gumbel ? "gumbel"
            : string.Create(CultureInfo.InvariantCulture, $"u = {e.U:0.000000}");
        return string.Create(CultureInfo.InvariantCulture, $"position {e.Position}, seed {e.Seed}, choice {e.Choice}: {how} -> {Quoted(tokenizer.TokenText(e.SelectedToken))}");
    }

    private static IEnumerable<string> Cells(ExplainedToken token, ITokenizer tokenizer)
    {
        yield return Quoted(tokenizer.TokenText(token.Id));
        yield return token.Id.ToString(CultureInfo.InvariantCulture);
        yield return token.RawLogit.ToString("0.0000", CultureInfo.InvariantCulture);
        yield return Probability(token.RawProbability);
        foreach (var probability in token.ProbabilityAfterStage)
        {
            yield return probability == 0 ? "-" : Probability(probability);
        }

        yield return token.GumbelScore is { } score ? score.ToString("0.0000", CultureInfo.InvariantCulture)
            : token.Low is { } low ? string.Create(CultureInfo.InvariantCulture, $"[{low:0.000000}, {token.High:0.000000})")
            : "";
        yield return token.Selected ? "selected" : token.RemovedBy is { } stage ? $"removed by {SamplerOrder.NameOf(stage)}" : "";
    }

    private static string Probability(double probability) => probability.ToString("0.000000", CultureInfo.InvariantCulture);

    private static string Short(double value) => value.ToString("0.####", CultureInfo.InvariantCulture);

    private static string Left(StageSummary stage) => stage.Removed == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{stage.Candidates} left")
        : string.Create(CultureInfo.InvariantCulture, $"{stage.Candidates} left, {stage.Removed} removed");
}
