namespace Foxtrot.Inference.Batching;

/// <summary>Who gets and who gives up slots in a step: the lists that belong to a <see cref="StepPlan"/>, in memory that is used again.</summary>
/// <remarks>The caller owns it; <see cref="Scheduler.Plan"/> writes it from scratch. Allocates when more tenants are active than ever before.</remarks>
public sealed class StepChoices
{
    private readonly int[] _admissions;
    private readonly int[] _preemptions = new int[Preemption.MostPerStep];
    private double[] _counters = new double[16];
    private int[] _running = new int[16];
    private int[] _taken = new int[16];
    private int _admitted;
    private int _preempted;

    /// <param name="slots">Slots of the engine.</param>
    public StepChoices(int slots) => _admissions = new int[slots];

    /// <summary>Whose next waiting sequence gets a slot: indices of tenants, in order.</summary>
    public ReadOnlySpan<int> Admissions => _admissions.AsSpan(0, _admitted);

    /// <summary>Who gives up a slot before that: indices of decode rows.</summary>
    public ReadOnlySpan<int> Preemptions => _preemptions.AsSpan(0, _preempted);

    /// <summary>Who goes on with its prompt: an index among those that are part of the way through.</summary>
    public int Continued { get; private set; }

    /// <summary>Nobody, yet.</summary>
    internal void Restart(ReadOnlySpan<TenantShare> tenants)
    {
        if (_counters.Length < tenants.Length)
        {
            _counters = new double[tenants.Length * 2];
            _running = new int[tenants.Length * 2];
            _taken = new int[tenants.Length * 2];
        }

        _admitted = 0;
        _preempted = 0;
        Continued = 0;
        for (var i = 0; i < tenants.Length; i++)
        {
            _counters[i] = tenants[i].Counter;
            _running[i] = tenants[i].Running;
            _taken[i] = 0;
        }
    }

    /// <summary>A tenant's counter after the choices so far.</summary>
    internal double Counter(int tenant) => _counters[tenant];

    /// <summary>A tenant's slots after the choices so far.</summary>
    internal int Running(int tenant) => _running[tenant];

    /// <summary>A tenant's waiting sequences that have been chosen.</summary>
    internal int Taken(int tenant) => _taken[tenant];

    internal void Continue(int prefilling) => Continued = prefilling;

    internal void Admit(int tenant, double charge)
    {
        _admissions[_admitted++] = tenant;
        _counters[tenant] += charge;
        _running[tenant]++;
        _taken[tenant]++;
    }

    internal void Preempt(int row, int tenant)
    {
        _preemptions[_preempted++] = row;
        _running[tenant]--;
    }
}
