using Foxtrot.Inference.Batching;

namespace Foxtrot.Inference.Tests.Batching;

/// <summary>An engine without a model around the pure scheduler: counters, queues and slots, and sequences of known lengths.</summary>
internal sealed class SimulatedEngine(int slots, SchedulerLimits limits)
{
    private readonly StepChoices _choices = new(slots);
    private readonly List<SimulatedSequence> _decoding = [];
    private readonly List<SimulatedSequence> _prefilling = [];

    public List<SimulatedTenant> Tenants { get; } = [];

    public IEnumerable<SimulatedSequence> Running => _decoding.Concat(_prefilling);

    public int Steps { get; private set; }

    public int Preemptions { get; private set; }

    public SimulatedTenant Add(double weight = 1)
    {
        var tenant = new SimulatedTenant(weight);
        Tenants.Add(tenant);
        return tenant;
    }

    /// <summary>Queues a sequence; a tenant that was idle is lifted as in the engine.</summary>
    public SimulatedSequence Submit(SimulatedTenant tenant, int prompt, int output, int priority = 0)
    {
        if (!tenant.IsActive)
        {
            tenant.Counter = Math.Max(tenant.Counter, Tenants.Where(t => t.IsActive).Select(t => t.Counter).DefaultIfEmpty(0).Min());
        }

        var sequence = new SimulatedSequence(tenant, prompt, output, priority) { Submitted = Steps };
        tenant.Enqueue(sequence, first: false);
        return sequence;
    }

    /// <summary>Plans a step, checks that it wastes nothing, and does it.</summary>
    public StepPlan Step()
    {
        Steps++;
        var active = Tenants.Where(t => t.IsActive).ToArray();
        var heads = new List<WaitingHead>();
        var shares = new TenantShare[active.Length];
        for (var i = 0; i < active.Length; i++)
        {
            shares[i] = new TenantShare(active[i].Counter, active[i].Weight, active[i].Running, heads.Count, active[i].Waiting.Count);
            heads.AddRange(active[i].Waiting.Select(s => new WaitingHead(s.Prompt, s.IsCharged ? 0 : s.Prompt)));
        }

        var free = slots - _decoding.Count - _prefilling.Count;
        var plan = Scheduler.Plan(
            new SchedulerSnapshot
            {
                DecodeRows = _decoding.Count,
                FreeSlots = free,
                Prefilling = _prefilling.Select(s => new PrefillRow(Array.IndexOf(active, s.Tenant), s.PromptLeft)).ToArray(),
                Tenants = shares,
                Heads = heads.ToArray(),
                Rows = _decoding
                    .Select(s => new DecodeRow(Array.IndexOf(active, s.Tenant), s.Priority, s.NewTokens, s.Replayed, s.Prompt + (2 * s.Generated)))
                    .ToArray(),
            },
            limits,
            _choices);
        Assert.Equal(_decoding.Count - plan.Preemptions, plan.DecodeRows);
        if (_prefilling.Count == 0 && free > 0 && heads.Count > 0)
        {
            Assert.True(plan.Sequences > 0, "a slot stays free while somebody waits");
        }

        var decoding = Exchange(plan, active);
        Prefill(plan);
        foreach (var sequence in decoding)
        {
            sequence.Decode();
        }

        foreach (var ended in Running.Where(s => s.Generated == s.Output).ToList())
        {
            _decoding.Remove(ended);
            ended.Tenant.Running--;
            ended.Tenant.Finished++;
        }

        return plan;
    }

    private SimulatedSequence[] Exchange(StepPlan plan, SimulatedTenant[] active)
    {
        var preempted = _choices.Preemptions.ToArray().Select(row => _decoding[row]).ToArray();
        Assert.Equal(plan.Preemptions, preempted.Distinct().Count());
        Assert.True(preempted.Length <= Preemption.MostPerStep && preempted.Length <= plan.Sequences, "a slot was given up for nobody");
        foreach (var sequence in preempted)
        {
            Assert.True(sequence.NewTokens >= Math.Max(limits.PreemptionQuantum, sequence.Replayed), "a sequence was preempted before it had earned its rebuild");
            _decoding.Remove(sequence);
            sequence.Preempt();
            Preemptions++;
        }

        var decoding = _decoding.ToArray();
        foreach (var index in _choices.Admissions.ToArray())
        {
            var sequence = active[index].Waiting.First(s => !preempted.Contains(s));
            sequence.Admit(Steps);
            _prefilling.Add(sequence);
        }

        Assert.True(_decoding.Count + _prefilling.Count <= slots, "more sequences than slots");
        return decoding;
    }

    private void Prefill(StepPlan plan)
    {
        var fed = plan.Prefill == PrefillKind.Continue ? [_prefilling[_choices.Continued]] : _prefilling.TakeLast(plan.Sequences).ToArray();
        foreach (var sequence in fed)
        {
            sequence.PromptLeft -= Math.Min(plan.Width, sequence.PromptLeft);
            if (sequence.PromptLeft == 0)
            {
                _prefilling.Remove(sequence);
                _decoding.Add(sequence);
                sequence.EndPrompt();
            }
        }
    }
}

/// <summary>A tenant of the simulation.</summary>
internal sealed class SimulatedTenant(double weight)
{
    public double Weight { get; } = weight;

    public double Counter { get; set; }

    /// <summary>Service received, unweighted.</summary>
    public long Service { get; private set; }

    public int Running { get; set; }

    public int Finished { get; set; }

    public List<SimulatedSequence> Waiting { get; } = [];

    public bool IsActive => Running + Waiting.Count > 0;

    public void Serve(int cost)
    {
        Service += cost;
        Counter += cost / Weight;
    }

    public void Enqueue(SimulatedSequence sequence, bool first)
    {
        var index = Waiting.FindIndex(s => first ? s.Priority <= sequence.Priority : s.Priority < sequence.Priority);
        Waiting.Insert(index < 0 ? Waiting.Count : index, sequence);
    }
}

/// <summary>A sequence of the simulation.</summary>
internal sealed class SimulatedSequence(SimulatedTenant tenant, int prompt, int output, int priority)
{
    private int _replayLeft;
    private int _generatedAtAdmission;

    public SimulatedTenant Tenant { get; } = tenant;

    public int Prompt { get; } = prompt;

    public int Output { get; } = output;

    public int Priority { get; } = priority;

    public int Submitted { get; init; }

    public int Generated { get; private set; }

    public int? FirstAdmitted { get; private set; }

    public bool IsCharged => FirstAdmitted is not null;

    public int PromptLeft { get; set; }

    public int Replayed { get; private set; }

    public int NewTokens => Generated - _generatedAtAdmission;

    public void Admit(int step)
    {
        Tenant.Waiting.Remove(this);
        Tenant.Running++;
        Tenant.Serve(IsCharged ? 0 : Prompt);
        Replayed = IsCharged ? (Prompt + (2 * Generated)) / 2 : 0;
        FirstAdmitted ??= step;
        PromptLeft = Prompt;
        _replayLeft = Generated;
        _generatedAtAdmission = Generated;
    }

    public void Preempt()
    {
        Tenant.Running--;
        Tenant.Enqueue(this, first: true);
    }

    public void EndPrompt()
    {
        if (_replayLeft == 0)
        {
            Generate();
        }
    }

    public void Decode()
    {
        if (_replayLeft == 0 || --_replayLeft == 0)
        {
            Generate();
        }
    }

    private void Generate()
    {
        Generated++;
        Tenant.Serve(ServiceCost.GeneratedToken);
    }
}
