namespace Orleans.Mail.Protocols.Manage;

/// <summary>How a line was received.</summary>
public enum ManageLineFault
{
    None,

    /// <summary>It was longer than <see cref="ManageLineReader.MaxLength"/> and was thrown away.</summary>
    TooLong,

    /// <summary>It is not UTF-8.</summary>
    NotText,
}

/// <summary>A line as it was typed, without its end.</summary>
/// <param name="Text">The text; empty when there is a fault.</param>
/// <param name="Fault">Why there is no text.</param>
public readonly record struct ManageLine(string Text, ManageLineFault Fault);
