namespace Orleans.Mail.Gateway.Configuration;

/// <summary>A parameter has a value that is not allowed. Its message is the line that stops the start.</summary>
public sealed class ParameterException : Exception
{
    public ParameterException()
    {
    }

    public ParameterException(string message)
        : base(message)
    {
    }

    public ParameterException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    public ParameterException(string name, string value, string allowed)
        : base($"{name} = '{value}' is not allowed: it must be {allowed}.")
    {
    }
}
