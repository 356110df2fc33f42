namespace Foxtrot.Commands;

/// <summary>Bad input from the user: one line on standard error, exit code 2.</summary>
internal sealed class UsageException(string message) : Exception(message);
