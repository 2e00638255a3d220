using System.Globalization;

namespace Orleans.Mail.Protocols.Manage;

/// <summary>What a status line is about: its first two digits.</summary>
public enum ManageFamily
{
    Session = 1,
    User = 2,
    Domain = 3,
    Alias = 4,
    Deny = 5,
    List = 6,
    ListUser = 7,
    Queue = 8,
    Dns = 9,
    Connections = 10,
    Status = 11,
    Configuration = 12,
    Store = 13,
    Message = 14,
    Block = 15,
    Trace = 16,
}

/// <summary>How a command ended: the last two digits of its status line.</summary>
public enum ManageEnding
{
    Done = 0,

    /// <summary>Malformed, an unknown or a repeated parameter, or parameters that do not go together.</summary>
    Syntax = 1,
    Missing = 2,
    NotFound = 3,
    Exists = 4,
    BadValue = 5,
    NotAllowed = 6,

    /// <summary>The store or the cluster is in trouble, or the outcome is unknown: try again.</summary>
    Trouble = 7,
    UnknownCommand = 8,
}

/// <summary>
/// The last line of a reply: <c>OK</c> or <c>ER</c>, four digits, a space, text. A program reads until a line matches
/// <c>^(OK|ER)[0-9]{4} </c>.
/// </summary>
/// <param name="Family">The first two digits.</param>
/// <param name="Ending">The last two digits.</param>
/// <param name="Text">For people; <see cref="ManageTexts"/> holds the texts.</param>
public readonly record struct ManageStatus(ManageFamily Family, ManageEnding Ending, string Text)
{
    public static ManageStatus Done(ManageFamily family, string text) => new(family, ManageEnding.Done, text);

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{(Ending == ManageEnding.Done ? "OK" : "ER")}{(int)Family:00}{(int)Ending:00} {Text}");
}
