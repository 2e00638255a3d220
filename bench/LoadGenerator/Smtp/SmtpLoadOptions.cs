using System.Net;

namespace Orleans.Mail.LoadGenerator.Smtp;

/// <param name="Target">The server.</param>
/// <param name="Limit">The run is broken off after this time.</param>
/// <param name="Connections">At a time.</param>
/// <param name="PerConnection">Messages a connection sends before QUIT.</param>
/// <param name="Messages">In all.</param>
/// <param name="Size">Octets of a message, headers included.</param>
/// <param name="Pipelining">MAIL, RCPT and DATA in one packet (RFC 2920).</param>
/// <param name="AwaitQuit">Wait for the 221.</param>
/// <param name="Users">Recipients are u<c>FirstUser</c>... in turn.</param>
/// <param name="FirstUser">The first of them.</param>
/// <param name="Domain">The recipients' domain.</param>
/// <param name="Sender">The envelope sender; with logins the user of the connection is.</param>
/// <param name="Login">How connections log in.</param>
/// <param name="Password">Of all users.</param>
/// <param name="Tls">How the connections are encrypted.</param>
internal sealed record SmtpLoadOptions(
    IPEndPoint Target,
    TimeSpan Limit,
    int Connections,
    int PerConnection,
    int Messages,
    int Size,
    bool Pipelining,
    bool AwaitQuit,
    int Users,
    int FirstUser,
    string Domain,
    string Sender,
    SmtpLoginKind Login,
    string Password,
    TlsMode Tls);
