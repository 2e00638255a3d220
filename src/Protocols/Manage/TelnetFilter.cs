namespace Orleans.Mail.Protocols.Manage;

/// <summary>
/// Takes the commands of telnet (RFC 854, RFC 855) out of a stream, octet by octet. We negotiate nothing: every option
/// stays as it is by default, so requests need no answer.
/// </summary>
internal struct TelnetFilter
{
    private const byte EndOfSubnegotiation = 240;
    private const byte Subnegotiation = 250;
    private const byte Will = 251;
    private const byte Dont = 254;
    private const byte InterpretAsCommand = 255;

    private State state;

    private enum State
    {
        Data,
        Command,
        Option,
        InSubnegotiation,
        CommandInSubnegotiation,
    }

    /// <summary>Whether an octet is data; 255 doubled is the octet 255.</summary>
    public bool IsData(byte octet)
    {
        switch (state)
        {
            case State.Data when octet != InterpretAsCommand:
                return true;
            case State.Data:
                state = State.Command;
                return false;
            case State.Command:
                state = octet switch
                {
                    >= Will and <= Dont => State.Option,
                    Subnegotiation => State.InSubnegotiation,
                    _ => State.Data,
                };
                return octet == InterpretAsCommand;
            case State.Option:
                state = State.Data;
                return false;
            case State.InSubnegotiation:
                if (octet == InterpretAsCommand)
                    state = State.CommandInSubnegotiation;
                return false;
            default:
                state = octet == EndOfSubnegotiation ? State.Data : State.InSubnegotiation;
                return false;
        }
    }
}
