namespace Orleans.Mail.Gateway.Footers;

/// <summary>A message after the footers were put on it.</summary>
/// <param name="Body">The body of the message.</param>
/// <param name="Recipients">The recipients; their targets name the body that is theirs where it is another.</param>
internal readonly record struct FootedMessage(BodyRef Body, IReadOnlyList<Recipient> Recipients);
