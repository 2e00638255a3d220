namespace Orleans.Mail;

/// <summary>A message as grains pass it: who it is and where its bytes are, never the bytes.</summary>
/// <param name="Id">The message's identity.</param>
/// <param name="Body">The stored body, which begins with our Return-Path and Received fields.</param>
[GenerateSerializer, Immutable, Alias("mail.MessageRef")]
public sealed record MessageRef(
    [property: Id(0)] MessageId Id,
    [property: Id(1)] BodyRef Body);
