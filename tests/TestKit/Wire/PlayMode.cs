namespace Orleans.Mail.TestKit.Wire;

/// <summary>In which pieces the client's side of a transcript is sent.</summary>
public enum PlayMode
{
    /// <summary>Everything at once, before any reply was read: a client that pipelines all it can.</summary>
    Whole,

    /// <summary>Line by line, each after the replies that stand before it.</summary>
    Line,

    /// <summary>Octet by octet; the server has seen each before the next is sent.</summary>
    Byte,
}
