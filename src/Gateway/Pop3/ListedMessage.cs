namespace Orleans.Mail.Gateway.Pop3;

/// <summary>A message of a session's snapshot. A value: a mailbox may hold 100,000.</summary>
/// <param name="Id">The unique-id.</param>
/// <param name="Sequence">Its place in the order of arrival.</param>
/// <param name="Size">Exact octets as the client receives them, before dot-stuffing.</param>
/// <param name="Body">The stored body.</param>
/// <param name="DeliveredTo">The Delivered-To field that stands in front of the body; shared by the messages to one address.</param>
internal readonly record struct ListedMessage(MessageId Id, long Sequence, long Size, BodyRef Body, byte[] DeliveredTo);
