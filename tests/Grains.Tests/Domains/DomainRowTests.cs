using Orleans.Mail.Storage;

namespace Orleans.Mail.Grains.Tests.Domains;

public sealed class DomainRowTests
{
    [Fact]
    public void A_row_from_before_footers_is_read()
    {
        var old = new RecordWriter(1).Bool(false).Number(1).Number(2).Number(3).Number(4).Text("x@y.test").Number(5).Number(6).ToMemory();
        var settings = new DomainSettings
        {
            DefaultMaxInKb = 1,
            DefaultMaxOutKb = 2,
            MaxInKb = 3,
            MaxOutKb = 4,
            DefaultMailbox = "x@y.test",
            DefaultQuotaKb = 5,
            MaxUsers = 6,
        };

        Assert.Equal(new DomainRow(false, settings), DomainRow.Decode(old));
    }

    [Fact]
    public void Footers_come_back_as_they_were_written()
    {
        var row = new DomainRow(false, new DomainSettings
        {
            IncomingFooter = new("a", "in\n"),
            OutgoingFooter = new("b", "out é"),
            ShowFooter = FooterChoice.Both,
        });
        Assert.Equal(row, DomainRow.Decode(row.Encode()));
    }
}
