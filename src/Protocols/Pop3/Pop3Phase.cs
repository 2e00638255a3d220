namespace Orleans.Mail.Protocols.Pop3;

/// <summary>The states of a session in which commands come (RFC 1939 section 3). In the UPDATE state none does.</summary>
[Flags]
public enum Pop3Phase
{
    Authorization = 1,
    Transaction = 2,
    Any = Authorization | Transaction,
}
