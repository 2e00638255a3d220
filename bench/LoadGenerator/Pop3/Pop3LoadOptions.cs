using System.Net;

namespace Orleans.Mail.LoadGenerator.Pop3;

/// <summary>What a session does between login and QUIT, in this order.</summary>
[Flags]
internal enum Pop3Operations
{
    None = 0,
    Stat = 1,
    Uidl = 2,
    Retr = 4,
    Dele = 8,
}

/// <param name="Target">The server.</param>
/// <param name="Limit">The run is broken off after this time.</param>
/// <param name="Connections">Sessions at a time; no more than users, for a mailbox takes one session at a time.</param>
/// <param name="Sessions">In all.</param>
/// <param name="Operations">What each does.</param>
/// <param name="MessagesAtMost">RETR and DELE stop after this many in a session.</param>
/// <param name="Users">Sessions are theirs in turn.</param>
/// <param name="FirstUser">The first of them.</param>
/// <param name="UserFormat">The login name, <c>{0}</c> = the user's number.</param>
/// <param name="Password">Of all users.</param>
internal sealed record Pop3LoadOptions(
    IPEndPoint Target,
    TimeSpan Limit,
    int Connections,
    int Sessions,
    Pop3Operations Operations,
    int MessagesAtMost,
    int Users,
    int FirstUser,
    string UserFormat,
    string Password);
