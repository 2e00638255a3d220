namespace Orleans.Mail.Protocols.Pop3;

/// <summary>The replies without figures, each defined once. Codes in brackets: RFC 2449 section 8, RFC 3206.</summary>
public static class Pop3Reply
{
    public static ReadOnlySpan<byte> Ok => "+OK\r\n"u8;

    public static ReadOnlySpan<byte> NameTaken => "+OK send the password\r\n"u8;

    public static ReadOnlySpan<byte> Deleted => "+OK message deleted\r\n"u8;

    public static ReadOnlySpan<byte> Undeleted => "+OK nothing is deleted\r\n"u8;

    public static ReadOnlySpan<byte> ListFollows => "+OK list follows\r\n"u8;

    public static ReadOnlySpan<byte> TopFollows => "+OK top of message follows\r\n"u8;

    public static ReadOnlySpan<byte> Utf8On => "+OK UTF-8 it is\r\n"u8;

    public static ReadOnlySpan<byte> Goodbye => "+OK goodbye\r\n"u8;

    /// <summary>Ends a multi-line reply.</summary>
    public static ReadOnlySpan<byte> End => ".\r\n"u8;

    public static ReadOnlySpan<byte> UnknownCommand => "-ERR unknown command\r\n"u8;

    public static ReadOnlySpan<byte> WrongSyntax => "-ERR syntax error in arguments\r\n"u8;

    public static ReadOnlySpan<byte> LineTooLong => "-ERR line too long\r\n"u8;

    public static ReadOnlySpan<byte> LogInFirst => "-ERR log in first\r\n"u8;

    public static ReadOnlySpan<byte> LoggedInAlready => "-ERR logged in already\r\n"u8;

    public static ReadOnlySpan<byte> NameFirst => "-ERR send USER first\r\n"u8;

    public static ReadOnlySpan<byte> StartTls => "+OK begin TLS\r\n"u8;

    public static ReadOnlySpan<byte> TlsIsOn => "-ERR TLS is on already\r\n"u8;

    public static ReadOnlySpan<byte> NoTls => "-ERR TLS is not available\r\n"u8;

    public static ReadOnlySpan<byte> EncryptionRequired => "-ERR authentication needs an encrypted connection\r\n"u8;

    public static ReadOnlySpan<byte> UnknownMechanism => "-ERR unknown mechanism\r\n"u8;

    public static ReadOnlySpan<byte> WrongResponse => "-ERR that is no response of this mechanism\r\n"u8;

    public static ReadOnlySpan<byte> Cancelled => "-ERR authentication cancelled\r\n"u8;

    public static ReadOnlySpan<byte> NoSuchMessage => "-ERR no such message\r\n"u8;

    public static ReadOnlySpan<byte> DeletedAlready => "-ERR message is deleted\r\n"u8;

    public static ReadOnlySpan<byte> LoginRefused => "-ERR [AUTH] wrong name or password\r\n"u8;

    public static ReadOnlySpan<byte> LoginUnavailable => "-ERR [SYS/TEMP] logins cannot be checked now, try again later\r\n"u8;

    public static ReadOnlySpan<byte> InUse => "-ERR [IN-USE] another session holds this mailbox\r\n"u8;

    public static ReadOnlySpan<byte> MailboxUnavailable => "-ERR [SYS/TEMP] the mailbox cannot be read now, try again later\r\n"u8;

    public static ReadOnlySpan<byte> NothingDeleted => "-ERR [SYS/TEMP] messages may not have been deleted, try again later\r\n"u8;

    public static ReadOnlySpan<byte> LeaseLost => "-ERR [SYS/TEMP] another session took the mailbox over, nothing was deleted\r\n"u8;

    public static ReadOnlySpan<byte> TooManyErrors => "-ERR too many errors\r\n"u8;

    public static ReadOnlySpan<byte> Stopping => "-ERR [SYS/TEMP] server is stopping\r\n"u8;

    public static ReadOnlySpan<byte> AddressDenied => "-ERR your address is denied\r\n"u8;

    public static ReadOnlySpan<byte> AddressBlocked => "-ERR [SYS/TEMP] your address is blocked for a while\r\n"u8;

    public static ReadOnlySpan<byte> TooManyConnections => "-ERR [SYS/TEMP] too many connections, try again later\r\n"u8;
}
