namespace Foxtrot.Process.Tests.Chaos;

/// <summary>What happens to a process in the middle of its work.</summary>
internal enum ChaosAction
{
    /// <summary>kill -9 a worker.</summary>
    KillWorker,

    /// <summary>kill -9 a worker, and another as soon as a stream goes on.</summary>
    KillTwoWorkers,

    /// <summary>SIGSTOP a worker for good.</summary>
    HangWorker,

    /// <summary>SIGSTOP a worker, and SIGCONT once its streams go on elsewhere: it must not interfere.</summary>
    ReviveWorker,

    /// <summary>SIGTERM a worker.</summary>
    TerminateWorker,

    /// <summary>kill -9 the gateway while another stands by.</summary>
    KillGateway,

    /// <summary>kill -9 the only gateway, and start another.</summary>
    RestartGateway,
}
