namespace Orleans.Mail.Gateway.Footers;

/// <summary>A change of a message: octets that go, and those that come in their place.</summary>
internal readonly record struct Splice(long Offset, long Length, ReadOnlyMemory<byte> With);
