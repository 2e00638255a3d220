namespace Orleans.Mail.Gateway.Health;

/// <summary>A part of the process without which it cannot serve.</summary>
public interface IReadinessCheck
{
    /// <summary>Why the process cannot serve now, in words for an operator; null = it can. Cheap: it is asked every few seconds.</summary>
    string? Trouble { get; }
}
