using System.Text;
using Microsoft.AspNetCore.Connections;

namespace Orleans.Mail.TestKit.Wire;

/// <summary>Plays the client of a <see cref="Transcript"/> against a server and compares what the server says.</summary>
/// <param name="server">The session under test.</param>
/// <param name="pass">Lets time pass (<c>T:</c> lines); the server waits for input when it is called.</param>
public sealed class TranscriptPlayer(ConnectionHandler server, Action<TimeSpan>? pass = null)
{
    private readonly StringBuilder heard = new();

    /// <summary>Throws <see cref="TranscriptException"/> when the server says something else, or anything after the end.</summary>
    public async Task PlayAsync(Transcript transcript, PlayMode mode, CancellationToken cancellationToken, WireConnection? over = null)
    {
        await using var wire = over ?? new WireConnection();
        wire.Start(server);
        if (mode == PlayMode.Whole)
            await PlayWholeAsync(transcript, wire, cancellationToken);
        else
            await PlayInTurnAsync(transcript, wire, mode, cancellationToken);
        await EndAsync(transcript, wire, cancellationToken);
    }

    private async Task PlayInTurnAsync(Transcript transcript, WireConnection wire, PlayMode mode, CancellationToken cancellationToken)
    {
        foreach (var step in transcript.Steps)
        {
            if (step.Kind is TranscriptStepKind.Expect or TranscriptStepKind.ExpectClose)
                await ExpectAsync(transcript, step, wire, cancellationToken);
            else
                await ActAsync(step, wire, mode, cancellationToken);
        }
    }

    // Time passes between two parts that are each sent as a whole.
    private async Task PlayWholeAsync(Transcript transcript, WireConnection wire, CancellationToken cancellationToken)
    {
        var rest = transcript.Steps.ToList();
        while (rest.Count > 0)
        {
            var length = rest.FindIndex(1, step => step.Kind == TranscriptStepKind.Pass) is var at and > 0 ? at : rest.Count;
            var part = rest[..length];
            rest = rest[length..];
            if (part[0].Kind == TranscriptStepKind.Pass)
                await ActAsync(part[0], wire, PlayMode.Whole, cancellationToken);
            var sent = part.Where(step => step.Kind == TranscriptStepKind.Send).SelectMany(step => step.Octets).ToArray();
            if (sent.Length > 0)
                await wire.SendAsync(sent, cancellationToken);
            if (part.Any(step => step.Kind == TranscriptStepKind.CloseSending))
                wire.CloseSending();
            foreach (var step in part.Where(step => step.Kind is TranscriptStepKind.Expect or TranscriptStepKind.ExpectClose))
                await ExpectAsync(transcript, step, wire, cancellationToken);
        }
    }

    private async Task ActAsync(TranscriptStep step, WireConnection wire, PlayMode mode, CancellationToken cancellationToken)
    {
        switch (step.Kind)
        {
            case TranscriptStepKind.Send when mode == PlayMode.Byte:
                foreach (var octet in step.Octets)
                {
                    await wire.SendAsync(new[] { octet }, cancellationToken);
                    await wire.UntilIdleAsync(cancellationToken);
                }

                break;
            case TranscriptStepKind.Send:
                await wire.SendAsync(step.Octets, cancellationToken);
                break;
            case TranscriptStepKind.CloseSending:
                wire.CloseSending();
                break;
            case TranscriptStepKind.Pass:
                await wire.UntilIdleAsync(cancellationToken);
                (pass ?? throw new InvalidOperationException("this test has no clock for T: lines"))(step.Time);
                break;
        }
    }

    private async Task ExpectAsync(Transcript transcript, TranscriptStep step, WireConnection wire, CancellationToken cancellationToken)
    {
        string? line;
        try
        {
            line = await wire.ReadLineAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            throw Mismatch(transcript, step, "nothing in time");
        }

        heard.Append(line).Append('\n');
        if (step.Kind == TranscriptStepKind.ExpectClose ? line is not null : line is null || !TranscriptText.Matches(step.Octets, line))
            throw Mismatch(transcript, step, line ?? "the connection closed");
    }

    private async Task EndAsync(Transcript transcript, WireConnection wire, CancellationToken cancellationToken)
    {
        wire.CloseSending();
        await wire.SessionAsync(cancellationToken);
        if (await wire.ReadLineAsync(cancellationToken) is { } more)
            throw new TranscriptException($"{transcript.Name}: after the end came '{more}'; before it:\n{heard}");
    }

    private TranscriptException Mismatch(Transcript transcript, TranscriptStep step, string actual) =>
        new($"{transcript.Name} line {step.Number}\n  expected {step.Line}\n  actual   {actual}\nbefore it the server said:\n{heard}");
}

/// <summary>The server did not say what the transcript expects.</summary>
public sealed class TranscriptException(string message) : Exception(message);
