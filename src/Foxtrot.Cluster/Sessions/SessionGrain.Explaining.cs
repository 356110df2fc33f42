using Foxtrot.Contracts;
using Foxtrot.Contracts.Sessions;

namespace Foxtrot.Cluster.Sessions;

/// <content>How its tokens were chosen.</content>
internal sealed partial class SessionGrain
{
    /// <inheritdoc/>
    public async Task<Outcome<ExplanationView>> Explain(int at, int top)
    {
        Absorb();
        return !Exists || _model is null ? NotFound().Refusal! : await SessionReplay.ExplainAsync(_model, _key.Tenant, State, at, top);
    }

    /// <inheritdoc/>
    public async Task<Outcome<ResampleView>> Resample(ResampleRequest request)
    {
        Absorb();
        return !Exists || _model is null ? NotFound().Refusal! : await SessionReplay.ResampleAsync(_model, _key.Tenant, State, request);
    }

    /// <inheritdoc/>
    public async Task<Outcome<VerifyView>> Verify(Receipt receipt, string? text)
    {
        if (!Exists || _model is null)
        {
            return NotFound().Refusal!;
        }

        Absorb();
        return SessionReplay.FindTurn(State, receipt) is { } turn
            ? await ReceiptCheck.VerifyAsync(_model, _key.Tenant, receipt, SessionLog.Build(State, turn, State.Turns[turn].Count), State.Turns[turn].Start, text)
            : new VerifyView(false, -1, "the session has no turn with this prompt");
    }
}
