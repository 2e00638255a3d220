namespace Orleans.Mail.Grains;

/// <summary>The standard input of a program, which need not read it.</summary>
internal sealed class PipeInput(Stream input)
{
    /// <summary>False when the program reads no more, which is its own business.</summary>
    public async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> octets, CancellationToken cancellationToken)
    {
        try
        {
            await input.WriteAsync(octets, cancellationToken);
            return true;
        }
        catch (IOException)
        {
            return false; // EPIPE
        }
    }

    /// <summary>The end of the message.</summary>
    public ValueTask CloseAsync() => input.DisposeAsync();
}
