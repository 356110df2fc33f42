using Foxtrot.Cluster.Sessions;
using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;
using Foxtrot.Contracts.Workers;
using Foxtrot.Inference.ChatTemplates;
using Foxtrot.Inference.Models;
using Foxtrot.Sampling;

namespace Foxtrot.Cluster.Workers;

/// <summary>Turns a request into a turn of tokens and full parameters, or says all that is wrong with it for the model.</summary>
internal static class TurnResolver
{
    private const string ContextExceeded = "context_length_exceeded";

    /// <summary>Resolves the first turn of a session.</summary>
    public static Outcome<ResolvedTurn> Resolve(WorkerModel model, SessionRequest request)
    {
        var prompt = Encode(model, request.Prompt, request.Time);
        if (prompt.Value is null)
        {
            return prompt.Refusal!;
        }

        var state = new SessionState();
        SessionLog.Append(state, prompt.Value.Tokens);
        var turn = new TurnState
        {
            Start = prompt.Value.Tokens.Length,
            MaxTokens = request.MaxTokens ?? int.MaxValue,
            Seed = request.Seed,
            Choice = request.Choice,
            Sampling = SamplingResolver.Resolve(request.Sampling, model.Served.Folder.Generation),
            Stop = request.Stop,
            EndTokens = [.. request.IgnoreEndTokens ? [] : model.Served.Folder.Generation.EosTokens, .. request.StopTokenIds],
            LogProbabilities = request.LogProbabilities,
            Priority = request.Priority,
            Reserved = request.Reserved,
        };
        return Add(model, state, turn) is { } refusal
            ? refusal
            : new ResolvedTurn(state, request.Echo ? request.Prompt.Text ?? model.Served.Tokenizer.Decode(prompt.Value.Tokens) : null);
    }

    /// <summary>Adds a turn to a session whose tokens it follows, with its maximum cut to what the context has room for.</summary>
    /// <returns>Null, or all that is wrong; the session is then as it was.</returns>
    public static Refusal? Add(WorkerModel model, SessionState state, TurnState turn)
    {
        var errors = new List<ParameterError>();
        var sampling = SamplingResolver.Parameters(turn.Sampling, model.Served.Tokenizer, errors);
        var room = Math.Max(model.Info.ContextLength - turn.Start, 0);
        var most = Math.Min(turn.MaxTokens, room);
        if (turn.Sampling.MinTokens is { } least && least > turn.MaxTokens)
        {
            errors.Add(new("min_tokens", $"min_tokens must be in [0, {turn.MaxTokens}], max_tokens, but is {least}"));
        }

        foreach (var token in turn.EndTokens.Where(t => (uint)t >= (uint)model.Info.Vocabulary))
        {
            errors.Add(new("stop_token_ids", $"stop_token_ids must hold token ids in [0, {model.Info.Vocabulary}), but holds {token}"));
        }

        if (room == 0)
        {
            return new Refusal(
                RefusalKind.Invalid,
                $"prompt must leave room to generate in a context of {model.Info.ContextLength} tokens, but has {turn.Start}",
                "prompt",
                ContextExceeded);
        }

        state.Turns.Add(turn);
        var request = RunStart.Request(state, state.Turns.Count - 1, sampling, Math.Max(most, turn.MaxTokens < 1 ? turn.MaxTokens : 1));
        errors.AddRange(request.Validate(model.Info.Vocabulary, model.Info.ContextLength));
        if (errors.Count > 0)
        {
            state.Turns.RemoveAt(state.Turns.Count - 1);
            return new Refusal(RefusalKind.Invalid, string.Join("; ", errors.Select(e => e.Message).Distinct()), errors[0].Field);
        }

        turn.MaxTokens = most;
        return null;
    }

    /// <summary>The tokens of a prompt.</summary>
    public static Outcome<TokenizedPrompt> Encode(WorkerModel model, Prompt prompt, DateTimeOffset? time = null)
    {
        var tokenizer = model.Served.Tokenizer;
        if (prompt.Tokens is { } tokens)
        {
            return new TokenizedPrompt(tokens);
        }

        if (prompt.Text is { } text)
        {
            return new TokenizedPrompt(tokenizer.Encode(text));
        }

        try
        {
            var messages = (prompt.Messages ?? []).Select(m => new ChatMessage(m.Role, m.Content)
            {
                Fields = m.Name is null ? null : new Dictionary<string, System.Text.Json.JsonElement> { ["name"] = System.Text.Json.JsonSerializer.SerializeToElement(m.Name) },
            });
            return new TokenizedPrompt(tokenizer.Encode(model.ChatPrompt.Render([.. messages], time), addSpecialTokens: false));
        }
        catch (ModelException)
        {
            return new Refusal(RefusalKind.Invalid, $"messages need a chat template, but model '{model.Info.Name}' has none: use a prompt", "messages", "no_chat_template");
        }
        catch (ChatTemplateException error)
        {
            return new Refusal(
                RefusalKind.Invalid,
                error.Kind == ChatTemplateErrorKind.Raised ? $"messages are refused by the model's chat template: {error.Reason}" : $"messages cannot be rendered: {error.Message}",
                "messages",
                "chat_template");
        }
    }
}

/// <summary>A new session with its first turn.</summary>
/// <param name="State">Its tokens and turn.</param>
/// <param name="PromptText">The prompt as text, when it is to be shown.</param>
internal sealed record ResolvedTurn(SessionState State, string? PromptText);
