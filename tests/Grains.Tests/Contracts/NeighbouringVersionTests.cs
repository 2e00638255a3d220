using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;

namespace Orleans.Mail.Grains.Tests.Contracts;

/// <summary>
/// What the golden file permits, a release and its neighbour can say to each other. Beside a record of today stand the one
/// that it could have been before, and the one that it could become.
/// </summary>
public sealed class NeighbouringVersionTests : IDisposable
{
    private readonly ServiceProvider services = new ServiceCollection().AddSerializer().BuildServiceProvider();

    public void Dispose() => services.Dispose();

    [Fact]
    public void What_a_newer_release_says_more_is_not_heard_by_an_older_one()
    {
        var newer = new TargetOfTomorrow
        {
            Kind = TargetKind.Remote,
            Address = "zoe@far.test",
            Id = "7",
            Detail = new DetailOfTomorrow("deep", [1, 2, 3]),
            Details = [new DetailOfTomorrow("one", []), new DetailOfTomorrow("two", [4])],
            Via = "mick@acme.test",
        };

        var read = Convert<TargetOfTomorrow, Target>(newer);

        Assert.Equal(new Target { Kind = TargetKind.Remote, Address = "zoe@far.test", Id = "7", Via = "mick@acme.test" }, read);
    }

    [Fact]
    public void What_an_older_release_does_not_say_is_as_if_nothing_was_set()
    {
        var read = Convert<TargetOfYesterday, Target>(new TargetOfYesterday { Kind = TargetKind.Mailbox, Address = "mick@acme.test" });

        Assert.Equal(new Target { Kind = TargetKind.Mailbox, Address = "mick@acme.test" }, read);
    }

    [Fact]
    public void In_a_record_with_parameters_it_is_null_or_zero_whatever_its_initializer_says()
    {
        var read = Convert<RecipientOfYesterday, Recipient>(new RecipientOfYesterday("mick@acme.test", []));

        Assert.Equal("mick@acme.test", read.Address);
        Assert.Null(read.OriginalRecipient);
        Assert.Equal(default, read.Notify);
    }

    private TTo Convert<TFrom, TTo>(TFrom value) =>
        services.GetRequiredService<Serializer<TTo>>().Deserialize(services.GetRequiredService<Serializer<TFrom>>().SerializeToArray(value))!;
}

[GenerateSerializer, Alias("test.TargetOfYesterday")]
internal sealed record TargetOfYesterday
{
    [Id(0)] public required TargetKind Kind { get; init; }

    [Id(1)] public required string Address { get; init; }
}

[GenerateSerializer, Alias("test.TargetOfTomorrow")]
internal sealed record TargetOfTomorrow
{
    [Id(0)] public required TargetKind Kind { get; init; }

    [Id(1)] public required string Address { get; init; }

    [Id(2)] public string Id { get; init; } = "";

    [Id(5)] public string Via { get; init; } = "";

    [Id(100)] public DetailOfTomorrow? Detail { get; init; }

    [Id(101)] public IReadOnlyList<DetailOfTomorrow> Details { get; init; } = [];
}

[GenerateSerializer, Alias("test.DetailOfTomorrow")]
internal sealed record DetailOfTomorrow([property: Id(0)] string Text, [property: Id(1)] int[] Numbers);

[GenerateSerializer, Alias("test.RecipientOfYesterday")]
internal sealed record RecipientOfYesterday([property: Id(0)] string Address, [property: Id(1)] IReadOnlyList<Target> Targets);
